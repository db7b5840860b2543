import type { Knex } from 'knex';
import { z } from 'zod';
import { isUuid } from '../database/uuid.ts';
import { fold } from '../directory/stored.ts';
import { Fault, type FaultCode, isFault } from '../errors.ts';
import { announceAgain } from '../invite/operate.ts';
import { peopleWithEmail, type Summary, summaryOf } from '../report/summary.ts';
import { InviteWish, inviteByHand } from './decide.ts';
import { isStorable } from './input.ts';

const person = z.string().trim().min(1).max(1000).refine(isStorable, 'text that no name can hold');
export const Batch = InviteWish.extend({
  /** Ids or e-mail addresses. */
  people: z.array(person).min(1).max(1000),
});

/**
 * What became of one person of a batch: `inviting` makes their account and then invites; `again` invites once more to an
 * account that nobody has accepted; `accepted` have one already; `refused` tells why.
 */
export type Result =
  | { person: string; id: string; userName: string; result: 'inviting' | 'again' | 'accepted'; targetIds: string[] }
  | { person: string; result: 'refused'; code: FaultCode; detail: string };

/** Invites many people; each stands for themselves, and one who cannot be invited stops nobody (S59). */
export async function inviteBatch(db: Knex, tenantId: string, { people, ...wish }: z.output<typeof Batch>) {
  const results: Result[] = [];
  for (const named of new Set(people)) results.push(await inviteOne(db, tenantId, named, wish));
  return results;
}

async function inviteOne(db: Knex, tenantId: string, named: string, wish: InviteWish): Promise<Result> {
  try {
    const summary = await findPerson(db, tenantId, named);
    const { id, userName, targetIds } = await inviteByHand(db, tenantId, summary, wish);
    if (targetIds.length > 0) return { person: named, id, userName, result: 'inviting', targetIds };
    const again = await announceEverywhere(db, tenantId, summary, wish);
    return { person: named, id, userName, result: again.length ? 'again' : 'accepted', targetIds: again };
  } catch (error) {
    if (!isFault(error) || error.code === 'database_unavailable') throw error;
    return { person: named, result: 'refused', code: error.code, detail: error.message };
  }
}

async function announceEverywhere(db: Knex, tenantId: string, { id, links }: Summary, wish: InviteWish) {
  const again: string[] = [];
  for (const { targetId, state } of links) {
    if (state !== 'invited' || (wish.targetId ?? targetId) !== targetId) continue;
    const done = await announceAgain(db, { tenantId, targetId, personId: id }, wish.channel ?? null);
    if (done === 'again') again.push(targetId);
  }
  return again;
}

async function findPerson(db: Knex, tenantId: string, named: string): Promise<Summary> {
  const ids = isUuid(named) ? [named] : await peopleWithEmail(db, tenantId, fold(named));
  if (ids.length > 1) throw new Fault('not_decidable', `"${named}" fits several people: name one by id`);
  const summary = ids[0] === undefined ? null : await summaryOf(db, tenantId, ids[0]);
  if (!summary) throw new Fault('not_found', `no connection knows anybody as "${named}"`);
  return summary;
}
