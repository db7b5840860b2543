import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { type Decisions, type Restore, UNDECIDED } from '../model/decision.ts';
import type { Choice } from '../model/invite.ts';
import type { Person } from '../model/person.ts';
import { LANE, mark } from '../work/mark.ts';
import type { LinkKey } from './links.ts';
import { saidOf } from './said.ts';

type Row = Omit<Decisions, 'restore'> & { restore: (Restore & { said: string }) | null };

const selectDecisions = statement<Row>(
  'decisions_get',
  `select coalesce(bool_or(kind = 'invite'), false) as invite,
          max(detail->>'remoteId') filter (where kind = 'adopt') as adopt,
          (array_agg(detail) filter (where kind = 'restore'))[1] as restore,
          coalesce((array_agg(detail) filter (where kind = 'invite'))[1], '{}') as choice
     from decisions where tenant_id = :tenantId and target_id = :targetId and person_id = :personId`,
);

const saveDecision = statement<never>(
  'decisions_save',
  `insert into decisions (tenant_id, target_id, person_id, kind, detail, actor, at)
   values (:tenantId, :targetId, :personId, :kind, :detail, :actor, :at)
   on conflict (tenant_id, target_id, person_id, kind) do update
      set detail = excluded.detail, actor = excluded.actor, at = excluded.at`,
);

/**
 * What humans decided for a person at a target and what has not been carried out yet. What was restored counts only while
 * the source says what it said then.
 */
export async function readDecisions(db: Knex, key: LinkKey, person: Person): Promise<Decisions> {
  const [row] = await selectDecisions(db, key);
  if (!row) return UNDECIDED;
  return { ...row, restore: row.restore?.said === saidOf(person) ? row.restore : null };
}

export type Decision = ({ kind: 'invite' } & Choice) | { kind: 'adopt'; remoteId: string };

/**
 * Stores a decision for some targets in the place of an earlier one of its kind, and marks the person. Call in a
 * transaction: decided and marked, or neither.
 */
export async function decide(
  trx: Knex,
  who: { tenantId: string; connectionId: string; personId: string; targetIds: readonly string[] },
  decision: Decision,
  actor: string,
): Promise<void> {
  const { tenantId, connectionId, personId } = who;
  const { kind, ...more } = decision;
  const detail = JSON.stringify(more);
  for (const targetId of who.targetIds) {
    await saveDecision(trx, { tenantId, targetId, personId, kind, detail, actor, at: new Date() });
  }
  await mark(trx, { tenantId, connectionId, ids: [personId], lane: LANE.invite });
}
