import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import { needsTwoPeople } from '../plan/guard.ts';
import { record } from '../report/audit.ts';
import { LANE, mark } from '../work/mark.ts';
import { happened } from '../work/tell.ts';
import { type Hold, type HoldRow, holdRow, peopleOf, readHold } from './holds.ts';
import { lockCounters } from './losses.ts';

/** `people`: some of them only. `actor`: who answers for it, by name. */
export type HoldDecision = { kind: 'release' | 'discard'; actor: string; people?: readonly string[] | undefined };
export type Decided = {
  /** Let through, or given up, by this decision. */
  decided: number;
  /** Approved by this actor, and waiting for another one. */
  awaitSecond: number;
};

const CHOSEN = `tenant_id = :tenantId and hold_id = :id and state = 'held'
      and (:people::uuid[] is null or person_id = any(:people::uuid[]))`;

const selectChosen = statement<{ personId: string }>(
  'decide_chosen',
  `select person_id as "personId" from hold_items where ${CHOSEN}`,
);

// :second: only those whom somebody else has approved already
const decideItems = statement<{ personId: string }>(
  'decide_items',
  `update hold_items set state = :state, decided_by = :actor, decided_at = now()
    where ${CHOSEN} and (not :second::boolean or lower(approved_by) <> lower(:actor))
   returning person_id as "personId"`,
);

const approveItems = statement<{ personId: string }>(
  'decide_approve',
  `update hold_items set approved_by = coalesce(approved_by, :actor) where ${CHOSEN} returning person_id as "personId"`,
);

const closeHold = statement<{ id: string }>(
  'decide_close',
  `update holds h set state = :state, decided_by = :actor, decided_at = now()
    where h.tenant_id = :tenantId and h.id = :id and h.state = 'held'
      and not exists (select 1 from hold_items i where i.tenant_id = h.tenant_id and i.hold_id = h.id and i.state = 'held')
   returning h.id`,
);

/**
 * Releases or discards the losses of a hold, of all its people or of some; call in a transaction.
 *
 *   decision   the hold is        approved before by    then
 *   discard    any                any                   given up until the source says something new of the person
 *   release    below the second   any                   delivered, and exactly the losses that were held
 *   release    beyond it          nobody, or the same   approved; waits for somebody else
 *   release    beyond it          somebody else         delivered
 *
 * How big a hold is does not depend on how many are released at a time. Throws `not_found` and `hold_closed`.
 */
export async function decideHold(
  trx: Knex,
  tenantId: string,
  id: string,
  decision: HoldDecision,
): Promise<Hold & Decided> {
  const hold = await lockedHold(trx, tenantId, id);
  const { kind, actor, people } = decision;
  const bindings = { tenantId, id, actor, people: people ?? null };
  await mustBeHeld(trx, bindings);
  const second = kind === 'release' && needsTwoPeople(peopleOf(hold), hold.counts.active, hold.counts.guard);
  const state = kind === 'release' ? 'released' : 'discarded';
  const decided = await decideItems(trx, { ...bindings, state, second });
  const waiting = second ? await approveItems(trx, bindings) : [];
  const detail = { people: people ?? 'all', number: decided.length, awaitSecond: waiting.length };
  const action = decided.length || kind === 'discard' ? `hold.${kind}` : 'hold.approve';
  await record(trx, { tenantId, actor, action, subject: id, detail });
  const [closed] = await closeHold(trx, { ...bindings, state });
  const { target, connection } = hold;
  const about = { tenantId, sourceId: id, connectionId: connection.id, targetId: target.id };
  if (closed) await happened(trx, { ...about, kind: `hold.${kind}` });
  if (kind === 'release') {
    const ids = decided.map(({ personId }) => personId);
    await mark(trx, { tenantId, connectionId: connection.id, ids, lane: LANE.loss });
  }
  return { ...(await readHold(trx, tenantId, id)), decided: decided.length, awaitSecond: waiting.length };
}

/** Under the guard's lock, so that nobody joins a hold that is being closed. */
async function lockedHold(trx: Knex, tenantId: string, id: string): Promise<HoldRow> {
  const { target, connection } = await holdRow(trx, tenantId, id);
  await lockCounters(trx, { tenantId, targetId: target.id, connectionId: connection.id });
  const hold = await holdRow(trx, tenantId, id);
  if (hold.state !== 'held') throw new Fault('hold_closed', `this hold is ${hold.state} already`);
  return hold;
}

async function mustBeHeld(trx: Knex, bindings: { tenantId: string; id: string; people: readonly string[] | null }) {
  const held = new Set((await selectChosen(trx, bindings)).map(({ personId }) => personId));
  const strange = bindings.people?.filter((person) => !held.has(person.toLowerCase())) ?? [];
  if (strange.length) throw new Fault('not_found', `not held here: ${strange.slice(0, 5).join(', ')}`);
}
