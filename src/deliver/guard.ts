import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import type { Person } from '../model/person.ts';
import type { Policy } from '../model/policy.ts';
import { type Counter, guardOf, type Judgement, judge, type Loss } from '../plan/guard.ts';
import type { WorkItem } from '../work/claim.ts';
import { holdPerson, lapse, openHold, type Standing, standingOf } from './hold-items.ts';
import { type AtTarget, countAccounts, countedLosses, countLoss, lockCounters } from './losses.ts';
import { saidOf } from './said.ts';

/** Why a loss is not delivered: it waits for a human, or a human said no. */
export type Withheld = 'held' | 'discarded';
export type Passage = 'pass' | 'lease_lost' | Withheld;

/** One person's losses at one target, at the door. */
export type Request = {
  key: AtTarget & { personId: string };
  person: Person;
  policy: Policy;
  losses: readonly Loss[];
  item: WorkItem;
};

/**
 * Whether these losses may be delivered now; who passes is counted before the target hears of it. Workers judge one
 * after the other, under a lock on the row of connection and target, so that no two pass the limit together.
 *
 *   the person                                   there               passage
 *   released, nothing beyond what was released   any                 pass
 *   discarded, the source says the same          any                 discarded
 *   held                                         any                 held
 *   counted within a day, not yet seen through   any                 pass: it is under way already
 *   otherwise                                    guard off           pass, not counted
 *   otherwise                                    an open hold        held
 *   otherwise                                    within the limits   pass, counted
 *   otherwise                                    beyond them         held: opens a hold
 */
export async function askGuard(db: Knex, request: Request): Promise<Passage> {
  return inTransaction(db, async (trx) => {
    const { key, policy, losses, item } = request;
    const locked = await lockCounters(trx, key);
    if (!locked) return 'lease_lost'; // detached meanwhile: the next look sees it
    const standing = await standingOf(trx, key, item);
    if (!standing.leased) return 'lease_lost';
    const said = saidOf(request.person);
    const known = standingPassage(standing, losses, said);
    if (known === 'held') await keepHeld(trx, request, standing, said);
    if (known) return known;
    const counters = [...new Set(losses.map(({ counter }) => counter))];
    if (counters.every((counter) => standing.underWay.includes(counter))) return 'pass';
    const guard = guardOf(policy);
    if (!guard) return 'pass';
    let holdId = await openOne(trx, key, standing);
    if (!holdId) {
      const judgement = await judgeAll(trx, key, counters, policy, locked.active);
      if (judgement.kind === 'pass') {
        for (const counter of counters) await countLoss(trx, key, counter);
        return 'pass';
      }
      holdId = await openHold(trx, key, judgement, guard);
    }
    await holdPerson(trx, key, { holdId, losses: losses.map(({ name }) => name), said });
    return 'held';
  });
}

/** What was already decided for this person; null when nothing was, or it is about something else. */
function standingPassage({ own }: Standing, losses: readonly Loss[], said: string): Passage | null {
  if (own?.state === 'held') return 'held';
  if (own?.state === 'discarded' && own.said === said) return 'discarded';
  if (own?.state === 'released' && losses.every(({ name }) => own.losses.includes(name))) return 'pass';
  return null;
}

async function keepHeld(trx: Knex, { key, losses }: Request, { own }: Standing, said: string): Promise<void> {
  const names = losses.map(({ name }) => name);
  if (!own || (own.said === said && own.losses.join() === names.join())) return;
  await holdPerson(trx, key, { holdId: own.holdId, losses: names, said });
}

/** The open hold; one that everybody has left is closed first, so that it holds nobody else. */
async function openOne(trx: Knex, key: AtTarget, { open }: Standing): Promise<string | null> {
  if (!open) return null;
  if (open.used) return open.holdId;
  await lapse(trx, { tenantId: key.tenantId, holdId: open.holdId });
  return null;
}

async function judgeAll(
  trx: Knex,
  key: AtTarget,
  counters: readonly Counter[],
  policy: Policy,
  recent: number | null,
): Promise<Judgement> {
  const guard = guardOf(policy);
  let active = recent;
  for (const counter of counters) {
    const counted = await countedLosses(trx, key, counter);
    if (!guard || Math.max(counted.hour, counted.day) < guard.floor) continue; // no need to count accounts
    active ??= await countAccounts(trx, key);
    const judgement = judge(counter, { ...counted, active }, guard);
    if (judgement.kind === 'hold') return judgement;
  }
  return { kind: 'pass' };
}
