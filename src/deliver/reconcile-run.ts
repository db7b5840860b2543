import type { Knex } from 'knex';
import type { Connector } from '../connectors/connector.ts';
import { inTransaction } from '../database/transaction.ts';
import { isAttached, readConnection } from '../directory/connections.ts';
import { Fault, isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ActualAccount } from '../model/account.ts';
import type { Connection } from '../model/connection.ts';
import { type Drift, describeHeldRun, isBelieved, nextRunAt } from '../plan/drift.ts';
import { record } from '../report/audit.ts';
import type { WorkItem } from '../work/claim.ts';
import { tidyUp } from './housekeeping.ts';
import type { AtTarget } from './losses.ts';
import { markMatchedPeople, matchedPeople } from './matched-accounts.ts';
import { type Outcome, type Reconciler, settledUntil } from './reconcile.ts';
import { beginRun, finishRun, giveUpRuns, lastRun, type OpenRun, takeRun } from './runs.ts';
import { lookAtSome } from './sample.ts';
import { driftOf, markDrift, rememberListed, resurrectedAccounts, storePage } from './seen-accounts.ts';
import { tellDrift } from './tell-drift.ts';

/** What a worker keeps between its pieces of work. */
export type Context = Reconciler & { log: Log; underWay: { runs: number } };
type Ended = { state: 'done' | 'held' | 'failed'; counts: object; error: string | null } | 'taken_over';

const PAGE_MS = 60_000;
const MOST_ACCOUNTS = 2_000_000;
const MOST_ALARMS = 100;
/** So many are kept in mind while a list is read; the next run finds the others. */
const MOST_MATCHED = 10_000;
/** The people who are being delivered to must not wait for lists. */
const MOST_RUNS = 2;
const ROOM_AGAIN_MS = 5_000;

/**
 * Compares all accounts of a target with the links of one connection, when it is time to, and marks whom the two tell
 * different things about. What is done then is planned for each of them as ever. Says when to come back.
 */
export async function reconcileRun(context: Context, item: WorkItem): Promise<Outcome> {
  const { db, underWay } = context;
  const at = { tenantId: item.tenantId, targetId: item.targetId, connectionId: item.subjectId };
  const connection = await readConnection(db, at.tenantId, at.connectionId);
  if (connection.state !== 'enabled' || !(await isAttached(db, at))) {
    await giveUpRuns(db, at, `connection "${connection.name}" is ${connection.state} or does not feed this target`);
    return { kind: 'not_enabled' };
  }
  if (underWay.runs >= MOST_RUNS) return settledUntil(new Date(Date.now() + ROOM_AGAIN_MS));
  underWay.runs += 1;
  try {
    return await runWhenDue(context, item, at, connection);
  } finally {
    underWay.runs -= 1;
  }
}

async function runWhenDue(context: Context, item: WorkItem, at: AtTarget, connection: Connection): Promise<Outcome> {
  const { db } = context;
  const last = await lastRun(db, at);
  const due = nextRunAt(connection.policy, last);
  const wanted = await takeRun(db, at, item.lease);
  if (!wanted && (due === null || due > new Date())) return settledUntil(due);
  const run = wanted ?? (await beginRun(db, at, item.lease));
  if (!run) return { kind: 'lease_lost' };
  const ended = await carryOut(context, run, at, connection, last?.after ?? null);
  if (ended === 'taken_over') return { kind: 'lease_lost' };
  logEnd(context.log, run, at, ended);
  await tidyUp(db, at);
  const next = nextRunAt(connection.policy, { state: ended.state, startedAt: run.startedAt });
  return settledUntil(next && jittered(next));
}

/** A run to its end. What the target does not answer is the run's end, too; a server that stops leaves it to the next. */
async function carryOut(
  context: Context,
  run: OpenRun,
  at: AtTarget,
  { policy }: Connection,
  after: string | null,
): Promise<Ended> {
  const { db, stop } = context;
  try {
    const connector = await context.connectorOf(at.tenantId, at.targetId);
    const { read, list } = connector.capabilities;
    if (!read) return await end(db, run, { state: 'done', counts: { basis: 'links', links: 0 }, error: null });
    if (!list) {
      const counts = await lookAtSome(db, { ...at, runId: run.id }, after);
      return await end(db, run, { state: 'done', counts, error: null });
    }
    const matched = new Set<string>();
    const matches = async (accounts: readonly ActualAccount[]) => {
      // where the policy asks, a look would find nothing to do, in every run again
      if (policy.adoptExisting !== 'all' || matched.size >= MOST_MATCHED) return;
      for (const id of await matchedPeople(db, at, accounts)) matched.add(id);
    };
    if (!(await readList(db, connector, run, stop, matches))) return 'taken_over';
    return await compare(db, run, at, matched);
  } catch (error) {
    if (stop.aborted || isFault(error, 'database_unavailable')) throw error;
    if (!isFault(error)) context.log.error({ err: error, run: run.id }, 'a reconcile run met a bug');
    const words = error instanceof Error ? error.message : String(error);
    return await end(db, run, { state: 'failed', counts: {}, error: words.slice(0, 2000) });
  }
}

async function end(db: Knex, run: OpenRun, ended: Exclude<Ended, string>): Promise<Ended> {
  return (await finishRun(db, run, ended.state, ended.counts, ended.error)) ? ended : 'taken_over';
}

/** Reads all pages into the database, so that the memory holds one; false when another worker has taken over. */
async function readList(
  db: Knex,
  connector: Connector,
  run: OpenRun,
  stop: AbortSignal,
  each: (accounts: readonly ActualAccount[]) => Promise<void>,
): Promise<boolean> {
  let accounts = 0;
  let cursor: string | null = null;
  do {
    const page = await readPage(connector, cursor, stop);
    if (!(await storePage(db, run, page.accounts))) return false;
    await each(page.accounts);
    accounts += page.accounts.length;
    if (page.next !== null && (page.next === cursor || accounts > MOST_ACCOUNTS)) {
      throw new Fault('target_refused', `the list does not end: ${accounts} accounts were read`);
    }
    cursor = page.next;
  } while (cursor !== null);
  return true;
}

async function readPage(connector: Connector, cursor: string | null, stop: AbortSignal) {
  const limit = AbortSignal.timeout(PAGE_MS);
  try {
    return await connector.list(cursor, AbortSignal.any([stop, limit]));
  } catch (error) {
    if (isFault(error) || !limit.aborted) throw error;
    throw new Fault('target_down', 'the target did not list its accounts in time', { cause: error });
  }
}

/** Marked and finished together, or neither. */
async function compare(db: Knex, run: OpenRun, at: AtTarget, matched: ReadonlySet<string>): Promise<Ended> {
  try {
    const ended = await inTransaction(db, (trx) => judge(trx, run, at, matched));
    if (ended.state === 'done') await rememberListed(db, run, at);
    return ended;
  } catch (error) {
    if (error instanceof TakenOver) return 'taken_over';
    throw error;
  }
}

async function judge(
  trx: Knex,
  run: OpenRun,
  at: AtTarget,
  matching: ReadonlySet<string>,
): Promise<Exclude<Ended, string>> {
  const drift = await driftOf(trx, run, at);
  await alarm(trx, run, at, drift);
  const believed = isBelieved(drift, run.forced);
  await tellDrift(trx, run, at, drift, !believed);
  const matched = believed ? await markMatchedPeople(trx, run, at, matching) : 0;
  const counts = { ...drift, matched, marked: believed ? matched + (await markDrift(trx, run, at)) : 0 };
  const ended = await end(trx, run, {
    state: believed ? 'done' : 'held',
    counts,
    error: believed ? null : describeHeldRun(drift),
  });
  if (ended === 'taken_over') throw new TakenOver('another worker has taken this run over');
  return ended;
}

/** Undoes the transaction of a worker who is too late. */
class TakenOver extends Error {}

async function alarm(trx: Knex, run: OpenRun, { tenantId, targetId, connectionId }: AtTarget, drift: Drift) {
  if (drift.resurrected === 0) return;
  const at = { tenantId, targetId, connectionId };
  for (const { personId, remoteId } of await resurrectedAccounts(trx, run, at, MOST_ALARMS)) {
    const detail = { targetId, connectionId, accountId: remoteId, runId: run.id };
    await record(trx, { tenantId, actor: 'gangway', action: 'account.resurrected', subject: personId, detail });
  }
}

function logEnd(log: Log, run: OpenRun, at: AtTarget, { state, counts, error }: Exclude<Ended, string>): void {
  const line = { tenant: at.tenantId, target: at.targetId, connection: at.connectionId, run: run.id, ...counts };
  if (state === 'done') log.info(line, 'reconcile run done');
  else log.warn({ ...line, reason: error }, `reconcile run ${state}`);
  if ('resurrected' in counts && Number(counts.resurrected) > 0) {
    log.warn(line, 'accounts that were suspended here are in use at the target');
  }
}

/** Up to five minutes late, so that the runs of many targets do not begin together. */
function jittered(at: Date): Date {
  return new Date(at.getTime() + Math.random() * 300_000);
}
