import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { type Decision, decide } from '../deliver/decisions.ts';
import { listConnections } from '../directory/connections.ts';
import { Fault } from '../errors.ts';
import { emailOf } from '../model/email.ts';
import { actorNow } from '../report/actor.ts';
import { record } from '../report/audit.ts';
import type { Summary } from '../report/summary.ts';
import { choicesAt } from './entity.ts';
import { type Preview, previewOf } from './preview.ts';
import type { TargetMaker } from './targets.ts';

export const Adoption = z.strictObject({
  /** The account to adopt; needed where several carry the person's e-mail. */
  remoteId: z.string().min(1).max(1000).optional(),
  /** The target it is at; needed where accounts wait at several. */
  targetId: z.uuid().optional(),
});

/** What may be chosen for the account of somebody who is invited by hand. */
export const InviteWish = z.strictObject({
  targetId: z.uuid().optional(),
  entity: z.string().min(1).max(200).optional(),
  access: z.string().min(1).max(200).optional(),
  channel: z.enum(['email', 'sms', 'print']).optional(),
});
export type InviteWish = z.output<typeof InviteWish>;

export type Decided = { id: string; userName: string; targetIds: string[] };

/**
 * Invites one person at every target where they have no account, whatever the policy waits for (S59). None are left when
 * they have one everywhere. Throws `connection_not_enabled` (S15), and `not_decidable` for somebody who cannot be invited.
 */
export async function inviteByHand(
  db: Knex,
  tenantId: string,
  person: Summary,
  wish: InviteWish = {},
): Promise<Decided> {
  demandEnabled(person);
  const { id, userName, connection } = person;
  if (person.deleted || !person.active) throw new Fault('not_decidable', `${userName} has left: nobody to invite`);
  if (!emailOf(person.said)) throw new Fault('not_decidable', `the source names no e-mail address for ${userName}`);
  const targets = (await listConnections(db, tenantId)).find((one) => one.id === connection.id)?.targetIds ?? [];
  const linked = new Set(person.links.filter(({ state }) => state !== 'erased').map(({ targetId }) => targetId));
  const { targetId: only } = wish;
  if (only !== undefined && !targets.includes(only)) throw new Fault('not_found', `no target ${only} of ${userName}`);
  const targetIds = targets.filter((targetId) => !linked.has(targetId) && (only ?? targetId) === targetId);
  const choices = await choicesAt(db, tenantId, targetIds, wish);
  await inTransaction(db, async (trx) => {
    for (const [targetId, choice] of choices) {
      await store(trx, tenantId, person, [targetId], { kind: 'invite', ...choice });
    }
  });
  return { id, userName, targetIds };
}

/**
 * Adopts the account that a person's delivery asks about (S4, S22). The account is looked up now and named in the decision,
 * so that one that appears later is not meant. Throws `not_decidable` unless exactly one fits.
 */
export async function adoptByHand(
  options: TargetMaker,
  tenantId: string,
  person: Summary,
  wish: z.output<typeof Adoption>,
): Promise<Decided & { remoteId: string }> {
  demandEnabled(person);
  const { id, userName } = person;
  const targets = (await previewOf(options, tenantId, person)).filter(
    ({ targetId }) => wish.targetId === undefined || targetId === wish.targetId,
  );
  const fitting = targets
    .filter(asks)
    .flatMap(({ targetId, found }) => found.map(({ remoteId }) => ({ targetId, remoteId })));
  const chosen = fitting.filter(({ remoteId }) => wish.remoteId === undefined || remoteId === wish.remoteId);
  const [one, ...others] = chosen;
  if (!one || others.length > 0) throw undecided(person, targets, chosen);
  await store(options.db, tenantId, person, [one.targetId], { kind: 'adopt', remoteId: one.remoteId });
  return { id, userName, targetIds: [one.targetId], remoteId: one.remoteId };
}

/** Only without a link is there something to adopt; an unanswered invite finds its account by itself. */
function asks({ link }: Preview): boolean {
  return link === null || link.state === 'erased';
}

function undecided({ userName }: Summary, targets: Preview[], chosen: { remoteId: string }[]): Fault {
  const problem = targets.find((target) => target.problem !== null)?.problem;
  if (problem) return new Fault('target_busy', problem);
  const ids = chosen.map(({ remoteId }) => remoteId).join(', ');
  const words = chosen.length ? `several accounts could be meant (${ids}): name one` : 'no such account waits for it';
  return new Fault('not_decidable', `nothing was adopted for ${userName}: ${words}`);
}

async function store(
  db: Knex,
  tenantId: string,
  { id: personId, connection }: Summary,
  targetIds: string[],
  decision: Decision,
): Promise<void> {
  const { kind, ...more } = decision;
  await inTransaction(db, async (trx) => {
    await decide(trx, { tenantId, connectionId: connection.id, personId, targetIds }, decision, actorNow());
    const detail = { targetIds, ...more };
    await record(trx, { tenantId, action: `person.${kind}`, subject: personId, detail, actor: actorNow() });
  });
}

function demandEnabled({ connection: { name, state } }: Summary): void {
  if (state === 'enabled') return;
  throw new Fault('connection_not_enabled', `connection "${name}" is ${state}: nothing may leave before it is enabled`);
}
