import type { Knex } from 'knex';
import type { Call, Connector } from '../connectors/connector.ts';
import { inTransaction } from '../database/transaction.ts';
import { isFault } from '../errors.ts';
import type { Action } from '../model/action.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import { record } from '../report/audit.ts';
import type { WorkItem } from '../work/claim.ts';
import { markOther } from '../work/mark.ts';
import { forgetTurnedDown } from './links.ts';
import { type ActionKey, finishAction, recordFailure, type Started, startAction } from './record.ts';

/** Longest time that one call to a target may take, whatever the connector's own limits are. */
const CALL_TIMEOUT_MS = 60_000;

export type Delivery = {
  db: Knex;
  connector: Connector;
  key: ActionKey;
  item: WorkItem;
  leaseSeconds: number;
  /** What the account is like, kept with the action for whoever undoes it; null where an earlier action keeps it. */
  before: Snapshot | null;
  /** Whether the connection may announce accounts itself, beside the target's own invite. */
  announces: boolean;
  /** Aborts when the server must stop. */
  stop: AbortSignal;
};

/**
 * Carries out one action: recorded, done at the target under its id as idempotency key, recorded again. False when the
 * lease was lost and so nothing was done. Throws what the connector throws, after recording it.
 */
export async function deliver(delivery: Delivery, action: Action): Promise<boolean> {
  const { db, key, item, leaseSeconds } = delivery;
  const pending = pendingAfter(action, delivery.connector);
  const started = await startAction(db, key, action, { item, leaseSeconds, pending, before: delivery.before });
  if (!started) return false;
  const signal = AbortSignal.any([delivery.stop, AbortSignal.timeout(CALL_TIMEOUT_MS)]);
  let remoteId: string | null;
  try {
    remoteId = await perform(delivery.connector, action, { idempotencyKey: started.id, signal });
  } catch (error) {
    const state = isFault(error, 'target_refused') ? 'refused' : 'failed';
    const answer = error instanceof Error ? error.message : String(error);
    await recordFailure(db, key.tenantId, started, state, answer.slice(0, 2000));
    // turned down at the first try: no account is of our making, so the policy on adoption decides on what is found
    const turnedDown = isFault(error, 'account_exists', 'target_refused');
    if (action.kind === 'invite' && turnedDown && started.attempts === 1) await forgetTurnedDown(db, key, started.id);
    throw error;
  }
  if (action.kind === 'erase' || action.kind === 'anonymise') await finishWithReceipt(delivery, started, action);
  else if (delivery.announces && (action.kind === 'invite' || action.kind === 'adopt'))
    await finishAndAnnounce(delivery, started, action, remoteId);
  else await finishAction(db, key, started, action, remoteId, item);
  return true;
}

/** The account and the work of inviting its person commit together, or neither: nobody has one and never hears of it. */
async function finishAndAnnounce(
  { db, key, item }: Delivery,
  started: Started,
  action: Action,
  remoteId: string | null,
): Promise<void> {
  const { tenantId, targetId, personId } = key;
  await inTransaction(db, async (trx) => {
    await finishAction(trx, key, started, action, remoteId, item);
    await markOther(trx, { tenantId, targetId, kind: 'invite', subjectId: personId });
  });
}

/** What ended for good leaves a receipt that outlives the person: ids alone, nothing that tells who it was. */
async function finishWithReceipt(
  { db, key, item }: Delivery,
  started: Started,
  action: Extract<Action, { kind: 'suspend' | 'resume' | 'erase' | 'anonymise' }>,
): Promise<void> {
  const { tenantId, targetId, connectionId, personId } = key;
  const detail = { targetId, connectionId, accountId: action.remoteId, actionId: started.id };
  await inTransaction(db, async (trx) => {
    await finishAction(trx, key, started, action, action.remoteId, item);
    await record(trx, { tenantId, action: `account.${action.kind}`, subject: personId, detail, actor: 'gangway' });
  });
}

/** Which side effects a suspension or resumption has; before it is sent they are all still to be done. */
function pendingAfter({ kind }: Action, { capabilities: { effects } }: Connector): string[] {
  return kind === 'suspend' || kind === 'resume' ? effects[kind].map(({ name }) => name) : [];
}

/** The connector call that an action stands for; the account's id where the action makes or names one. */
async function perform(connector: Connector, action: Action, call: Call): Promise<string | null> {
  switch (action.kind) {
    case 'invite':
      return (await connector.invite(action.account, call)).remoteId;
    case 'adopt':
      return action.remoteId; // the account is there already: only the link is new
    case 'update':
      await connector.update(action.remoteId, action, call);
      return action.remoteId;
    case 'grant':
    case 'revoke':
      await connector[action.kind](action.remoteId, action.group, call);
      return action.remoteId;
    case 'effect':
      await connector.effect(action.remoteId, action, call);
      return action.remoteId;
    case 'suspend':
    case 'resume':
    case 'erase':
    case 'anonymise':
      await connector[action.kind](action.remoteId, call);
      return action.remoteId;
    default:
      return action satisfies never;
  }
}
