import type { Knex } from 'knex';
import type { Connector } from '../connectors/connector.ts';
import { inTransaction } from '../database/transaction.ts';
import { Fault, isFault } from '../errors.ts';
import type { ActualAccount } from '../model/account.ts';
import type { Action } from '../model/action.ts';
import type { SideEffects } from '../model/side-effect.ts';
import { describe } from '../plan/describe.ts';
import { effectsWhileHeld, lossesOf, withoutLosses } from '../plan/guard.ts';
import { sourceToRemember } from '../plan/manual-edits.ts';
import type { Waiting } from '../plan/plan.ts';
import { snapshotOf } from '../plan/snapshot.ts';
import type { WorkItem } from '../work/claim.ts';
import { markOther } from '../work/mark.ts';
import { type Delivery, deliver } from './deliver.ts';
import { fingerprintOf } from './fingerprint.ts';
import { askGuard, type Withheld } from './guard.ts';
import { effectsDone, letGo } from './hold-items.ts';
import { closeActions, matchKeys, type Settled, settle } from './links.ts';
import { type Look, lookAt } from './look.ts';
import { release } from './released.ts';

/**
 * Read, plan, deliver, read back: an account is settled when a fresh look plans nothing more. Invite or adopt, then
 * resume with its differences, then one look to see that it held, and one to spare.
 */
const MAX_LOOKS = 4;

export type Reconciler = {
  db: Knex;
  connectorOf(tenantId: string, targetId: string): Promise<Connector>;
  leaseSeconds: number;
  stop: AbortSignal;
};

export type Outcome =
  | { kind: 'settled'; delivered: Action[]; waiting: Waiting | Withheld | null; lookAgainAt: Date | null }
  /** The connection lets nothing leave now, or no longer feeds this target. */
  | { kind: 'not_enabled' }
  /** Another worker has taken over. */
  | { kind: 'lease_lost' };

/** Nothing was delivered, nothing waits; look again at that time, or not before something changes. */
export function settledUntil(lookAgainAt: Date | null): Outcome {
  return { kind: 'settled', delivered: [], waiting: null, lookAgainAt };
}

/**
 * Brings one person's account at one target to what it should be. May run at any time, any number of times. Throws the
 * connector's Faults; a failed read ends the round and never counts as "absent".
 */
export async function reconcile(reconciler: Reconciler, item: WorkItem): Promise<Outcome> {
  const { db, leaseSeconds, stop } = reconciler;
  const connector = await reconciler.connectorOf(item.tenantId, item.targetId);
  const delivered: Action[] = [];
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const look = await lookAt(db, connector, item, stop);
    if (look === null) return { kind: 'not_enabled' };
    if (look.plan.actions.length === 0) {
      await record(db, connector, look, item);
      const { waiting, lookAgainAt = null } = look.plan;
      return { kind: 'settled', delivered, waiting, lookAgainAt };
    }
    const allowed = await pastGuard(db, look, item, connector.capabilities.effects);
    if (allowed.kind === 'lease_lost') return allowed;
    // the link stays as it is: what is held has neither been done nor given up
    if (allowed.actions.length === 0) {
      return { kind: 'settled', delivered, waiting: allowed.withheld, lookAgainAt: null };
    }
    const key = { ...look.key, connectionId: look.connection.id, matchKeys: matchKeys(look.person.resource) };
    const before = snapshotOf(look.observed, connector.capabilities.attributes);
    const announces = !look.parting && announcesItself(look);
    const delivery = { db, connector, key, item, leaseSeconds, stop, before, announces };
    const done = await deliverAll(delivery, allowed.actions);
    if (done === 'lease_lost') return { kind: 'lease_lost' };
    delivered.push(...allowed.actions);
  }
  const words = delivered.slice(-3).map(describe).join('; ');
  // a target may show its changes late, so this is tried again before a human is asked
  throw new Fault('target_busy', `the target accepts, but does not show: ${words}`);
}

/** Some invite of ours may follow; which one, and whether any, is judged where it is sent. */
function announcesItself({ connection, choice }: Look): boolean {
  return choice?.channel !== undefined || connection.policy.inviteChannel[0] !== 'target';
}

/**
 * Delivers in order; the first failure ends it, except that nothing waits for a side effect but the end of the account:
 * sessions end though a card could not be frozen. Throws the first failure.
 */
async function deliverAll(delivery: Delivery, actions: readonly Action[]): Promise<'done' | 'lease_lost'> {
  const failures: unknown[] = [];
  for (const [index, action] of actions.entries()) {
    if (failures.length > 0 && endsForGood(action)) break;
    try {
      const one = { ...delivery, before: index === 0 ? delivery.before : null };
      if (!(await deliver(one, action))) return 'lease_lost';
    } catch (error) {
      if (action.kind !== 'effect' || isFault(error, 'target_down', 'database_unavailable')) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return 'done';
}

function endsForGood({ kind }: Action): boolean {
  return kind === 'erase' || kind === 'anonymise';
}

type Allowed = { kind: 'lease_lost' } | { kind: 'allowed'; actions: Action[]; withheld: Withheld | null };

/** The part of the plan that may be delivered now: losses only as the guard lets them pass, the rest always. */
async function pastGuard(
  db: Knex,
  { connection, person, key, observed, plan, parting }: Look,
  item: WorkItem,
  effects: SideEffects,
): Promise<Allowed> {
  // what a disconnect does was shown to whoever disconnected, and agreed to
  const losses = parting ? [] : lossesOf(plan.actions, observed.actual);
  if (losses.length === 0) return { kind: 'allowed', actions: plan.actions, withheld: null };
  const at = { ...key, connectionId: connection.id };
  const passage = await askGuard(db, { key: at, person, policy: connection.policy, losses, item });
  if (passage === 'lease_lost') return { kind: 'lease_lost' };
  if (passage === 'pass') return { kind: 'allowed', actions: plan.actions, withheld: null };
  const harmless = withoutLosses(plan.actions, observed.actual);
  if (passage !== 'held') return { kind: 'allowed', actions: harmless, withheld: passage };
  const passing = effectsWhileHeld(plan.actions, connection.policy, effects);
  const done = passing.length > 0 ? await effectsDone(db, key) : [];
  const due = passing.filter((action) => action.kind === 'effect' && !done.includes(action.name));
  return { kind: 'allowed', actions: [...due, ...harmless], withheld: passage };
}

async function record(db: Knex, connector: Connector, look: Look, item: WorkItem): Promise<void> {
  const { key, observed, person, parting } = look;
  const { link, actual } = observed;
  if (parting) {
    await letGo(db, key);
    return release(db, key);
  }
  // not ours to give back: the link must not say that we suspended it
  if (actual?.status === 'suspended' && link?.state !== 'suspended') return closeActions(db, key, item);
  const isBack = actual?.status === 'invited' && link?.state === 'active';
  if (isBack && announcesItself(look)) await settleAndAnnounce(db, connector, look, item);
  else if (link?.remoteId) await settle(db, key, person.resource, settledOf(connector, look), item);
  else await closeActions(db, key, item);
}

/** Who was given back an account that they never accepted: an invite that ended when they left comes again, or neither. */
async function settleAndAnnounce(db: Knex, connector: Connector, look: Look, item: WorkItem): Promise<void> {
  const { tenantId, targetId, personId } = look.key;
  await inTransaction(db, async (trx) => {
    await settle(trx, look.key, look.person.resource, settledOf(connector, look), item);
    await markOther(trx, { tenantId, targetId, kind: 'invite', subjectId: personId });
  });
}

function settledOf({ capabilities }: Connector, look: Look): Settled {
  const { connection, observed, wanted, plan } = look;
  const { actual } = observed;
  return {
    status: statusOf(actual),
    fingerprint: actual && capabilities.read ? fingerprintOf(actual) : null,
    source: wanted?.kind === 'account' ? sourceToRemember(wanted.account, connection.policy.manualEdits) : null,
    edited: plan.edited ?? [],
  };
}

function statusOf(actual: ActualAccount | null): ActualAccount['status'] | 'erased' {
  return actual?.status ?? 'erased';
}
