import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Guard } from '../model/policy.ts';
import { type Counter, describeHold, type Reason } from '../plan/guard.ts';
import { record } from '../report/audit.ts';
import { tell } from '../report/notices.ts';
import type { WorkItem } from '../work/claim.ts';
import { happened } from '../work/tell.ts';
import { type AtTarget, lockCounters } from './losses.ts';

/** What the guard knows of a person before it counts anything. */
export type Standing = {
  /** False when the worker who asks has lost its lease: what it saw may be old. */
  leased: boolean;
  own: { holdId: string; state: 'held' | 'released' | 'discarded'; losses: string[]; said: string } | null;
  open: { holdId: string; used: boolean } | null;
  underWay: Counter[];
};

/** What a hold keeps of why it was opened, and the limits of that moment. */
export type HoldCounts = Reason & { readonly guard: Guard };

const PERSON = 'tenant_id = :tenantId and target_id = :targetId and person_id = :personId';
const USED = `exists (select 1 from hold_items i where i.tenant_id = h.tenant_id and i.hold_id = h.id and i.state = 'held')`;

const selectStanding = statement<Standing>(
  'hold_standing',
  `select exists (select 1 from work_item where tenant_id = :tenantId and target_id = :targetId and kind = :workKind
                     and subject_id = :personId and lease_token = :lease) as leased,
          (select json_build_object('holdId', hold_id, 'state', state, 'losses', losses, 'said', said)
             from hold_items where ${PERSON} and state in ('held', 'released', 'discarded')) as own,
          (select json_build_object('holdId', h.id, 'used', ${USED}) from holds h
            where h.tenant_id = :tenantId and h.target_id = :targetId and h.connection_id = :connectionId
              and h.state = 'held') as open,
          array(select counter from guard_losses
                 where ${PERSON} and under_way and counted_at > now() - interval '1 day') as "underWay"`,
);

const insertHold = statement<never>(
  'hold_open',
  `insert into holds (tenant_id, id, target_id, connection_id, state, reason, counts, created_at)
   values (:tenantId, :id, :targetId, :connectionId, 'held', :reason, :counts, now())`,
);

// what was released or discarded before was about something else
const leaveOthers = statement<never>(
  'hold_leave_others',
  `update hold_items set state = 'left' where ${PERSON} and state in ('released', 'discarded')`,
);

// who approved of fewer losses did not approve of these
const insertItem = statement<never>(
  'hold_add',
  `insert into hold_items (tenant_id, hold_id, target_id, person_id, state, losses, said, created_at)
   values (:tenantId, :holdId, :targetId, :personId, 'held', :losses::text[], :said, now())
   on conflict (tenant_id, hold_id, person_id) do update set state = 'held', losses = excluded.losses,
     said = excluded.said, decided_by = null, decided_at = null,
     approved_by = case when hold_items.state = 'held' and hold_items.losses @> excluded.losses
                        then hold_items.approved_by end`,
);

/** SQL that ends what the guard kept about a person whose losses are done, or no longer wanted. */
export const LET_GO = `freed as (
    update hold_items set state = case when state = 'released' then 'done' else 'left' end
     where ${PERSON} and state in ('held', 'released', 'discarded') returning hold_id, state),
  seen as (update guard_losses set under_way = false where ${PERSON} and under_way)`;
export const LEFT_HOLD = `(select hold_id from freed where state = 'left') as "leftHold"`;

const letGoPerson = statement<{ leftHold: string | null }>('hold_let_go', `with ${LET_GO} select ${LEFT_HOLD}`);

const selectEffects = statement<{ effects: string[] }>(
  'hold_effects',
  `select effects from hold_items where ${PERSON} and state = 'held'`,
);

const selectPlace = statement<{ targetId: string; connectionId: string }>(
  'hold_place',
  `select target_id as "targetId", connection_id as "connectionId" from holds where tenant_id = :tenantId and id = :holdId`,
);

const lapseHold = statement<{ id: string; targetId: string; connectionId: string }>(
  'hold_lapse',
  `update holds h set state = 'lapsed', decided_at = now()
    where h.tenant_id = :tenantId and h.id = :holdId and h.state = 'held' and not ${USED}
   returning h.id, h.target_id as "targetId", h.connection_id as "connectionId"`,
);

/** What is known of a person at the guard. Call under its lock. */
export async function standingOf(
  trx: Knex,
  key: AtTarget & { personId: string },
  { kind, lease }: WorkItem,
): Promise<Standing> {
  const [row] = await selectStanding(trx, { ...key, workKind: kind, lease });
  return row ?? { leased: false, own: null, open: null, underWay: [] };
}

/** Opens the hold of a connection at a target; there is one at most. Call under the guard's lock. */
export async function openHold(trx: Knex, key: AtTarget, why: Reason, guard: Guard): Promise<string> {
  const { counter, window, people, active, limit } = why;
  const counts: HoldCounts = { counter, window, people, active, limit, guard };
  const id = uuidv7();
  const reason = describeHold(why);
  await insertHold(trx, { ...key, id, reason, counts: JSON.stringify(counts) });
  const detail = { reason, targetId: key.targetId, connectionId: key.connectionId };
  await record(trx, { tenantId: key.tenantId, actor: 'guard', action: 'hold.open', subject: id, detail });
  const { tenantId, connectionId, targetId } = key;
  const told = { holdId: id, targetId, people, active, limit };
  await tell(trx, { tenantId, connectionId, kind: 'guard_held', subject: id, detail: told });
  await happened(trx, { tenantId, kind: 'hold.open', sourceId: id, connectionId, targetId });
  return id;
}

/** Puts a person into a hold, or renews what is held of them. Call under the guard's lock. */
export async function holdPerson(
  trx: Knex,
  key: AtTarget & { personId: string },
  item: { holdId: string; losses: readonly string[]; said: string },
): Promise<void> {
  await leaveOthers(trx, key);
  await insertItem(trx, { ...key, ...item });
}

/** Names of the side effects that were delivered for somebody whose suspension is held. */
export async function effectsDone(
  db: Knex,
  key: { tenantId: string; targetId: string; personId: string },
): Promise<string[]> {
  const [row] = await selectEffects(db, key);
  return row?.effects ?? [];
}

/** Lets a person out of everything the guard kept of them: nothing of theirs is lost any more. */
export async function letGo(db: Knex, key: { tenantId: string; targetId: string; personId: string }): Promise<void> {
  const [row] = await letGoPerson(db, key);
  await lapseLeft(db, key.tenantId, row?.leftHold);
}

/** Closes the hold that somebody has left, if that was the last one; under the lock, or somebody may just be joining. */
export async function lapseLeft(db: Knex, tenantId: string, holdId: string | null | undefined): Promise<void> {
  if (!holdId) return;
  await inTransaction(db, async (trx) => {
    const [place] = await selectPlace(trx, { tenantId, holdId });
    if (place && (await lockCounters(trx, { tenantId, ...place }))) await lapse(trx, { tenantId, holdId });
  });
}

/** Closes a hold in which nobody waits any more. Call under the guard's lock. */
export async function lapse(db: Knex, key: { tenantId: string; holdId: string }): Promise<void> {
  const [row] = await lapseHold(db, key);
  if (!row) return;
  const { tenantId } = key;
  const { id, targetId, connectionId } = row;
  await record(db, { tenantId, actor: 'guard', action: 'hold.lapse', subject: id, detail: {} });
  await happened(db, { tenantId, kind: 'hold.lapse', sourceId: id, connectionId, targetId });
}
