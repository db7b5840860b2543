import { isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import { describe } from '../plan/describe.ts';
import { armMissing } from '../work/arm.ts';
import { claim, renew, type WorkItem } from '../work/claim.ts';
import { done, failed } from '../work/finish.ts';
import type { WorkHandler, WorkResult } from '../work/handler.ts';
import { LANE } from '../work/mark.ts';
import { noteAnswer, noteOutage } from './outages.ts';
import { createPauses } from './pauses.ts';
import { type Outcome, type Reconciler, reconcile } from './reconcile.ts';
import { type Context, reconcileRun } from './reconcile-run.ts';
import { verdict } from './retry.ts';

export type WorkerOptions = Omit<Reconciler, 'stop' | 'leaseSeconds'> & {
  log: Log;
  /** People handled at the same time; a quarter more is kept free for losses of access alone. */
  concurrency: number;
  leaseSeconds?: number;
  pollMs?: number;
  /** Other kinds of work than people's accounts, and who does them. */
  others?: Readonly<Record<string, WorkHandler>>;
};

export type Worker = {
  /** Looks for work now instead of at the next poll. */
  wake(): void;
  /** Takes no more work, lets what is running end for `graceMs`, then cuts it off and hands it back. */
  stop(graceMs: number): Promise<void>;
};

/** A lease this long is what a killed worker's people wait; it is renewed while the work goes on. */
const LEASE_SECONDS = 10;
const POLL_MS = 500;

/** Starts the loop that claims due work, the most urgent lane first, and hands each piece to whoever does its kind. */
export function startWorker(options: WorkerOptions): Worker {
  const { db, log, concurrency, leaseSeconds = LEASE_SECONDS, pollMs = POLL_MS } = options;
  const reserved = Math.max(1, Math.ceil(concurrency / 4));
  const cutOff = new AbortController();
  const pauses = createPauses();
  const running = new Set<Promise<void>>();
  let stopping = false;
  let wakeUp = () => {};
  let woken = false;
  let databaseAway = false;

  const context: Context = { ...options, leaseSeconds, stop: cutOff.signal, underWay: { runs: 0 } };
  const handlers: Readonly<Record<string, WorkHandler>> = { ...options.others, push, reconcile: compareAll };
  const loop = run();
  return { wake, stop };

  function wake(): void {
    woken = true;
    wakeUp();
  }

  async function stop(graceMs: number): Promise<void> {
    stopping = true;
    wake();
    await loop;
    const grace = setTimeout(() => cutOff.abort(new Error('the server is stopping')), graceMs);
    await Promise.allSettled(running);
    clearTimeout(grace);
  }

  async function run(): Promise<void> {
    await armMissing(db).catch((error) => log.error({ err: error }, 'cannot arm reconcile runs'));
    while (!stopping) {
      woken = false;
      const found = await takeWork();
      if (!found && !woken && !stopping) await pause();
    }
  }

  /** Claims what there is room for; false when there was nothing to do or no room. */
  async function takeWork(): Promise<boolean> {
    const room = concurrency - running.size;
    const limit = room > 0 ? room : reserved + room;
    if (limit <= 0) return false;
    const upToLane = room > 0 ? LANE.invite : LANE.loss;
    try {
      const items = await claim(db, { limit, leaseSeconds, upToLane, pausedTargets: pauses.list() });
      databaseAway = false;
      for (const item of items) track(handle(item));
      return items.length > 0;
    } catch (error) {
      if (!databaseAway) log.error({ err: error }, 'cannot claim work; trying on');
      databaseAway = true;
      return false;
    }
  }

  function track(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => {
      running.delete(work);
      wake(); // there is room again
    });
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function handle(item: WorkItem): Promise<void> {
    const heartbeat = setInterval(
      () => {
        renew(db, item, leaseSeconds).catch(() => {}); // the next start of an action checks the lease anyway
      },
      (leaseSeconds * 1000) / 3,
    );
    try {
      const handler = handlers[item.kind];
      if (!handler) throw new Error(`this version does no work of kind ${item.kind}`);
      const result = await handler(item, cutOff.signal);
      if (result.kind !== 'lease_lost') await done(db, item, result.lookAgainAt, result.waiting);
    } catch (error) {
      await handBack(item, error);
    } finally {
      clearInterval(heartbeat);
    }
  }

  async function push(item: WorkItem): Promise<WorkResult> {
    return resultOf(item, await reconcile(context, item));
  }

  async function compareAll(item: WorkItem): Promise<WorkResult> {
    return resultOf(item, await reconcileRun(context, item));
  }

  function resultOf(item: WorkItem, outcome: Outcome): WorkResult {
    if (pauses.outages(item.targetId) > 0) void noteAnswer(db, item).catch(() => {}); // or the next answer does
    pauses.healthy(item.targetId);
    report(item, outcome);
    if (outcome.kind === 'lease_lost') return outcome;
    if (outcome.kind === 'not_enabled') return { kind: 'done', lookAgainAt: null };
    return { kind: 'done', lookAgainAt: outcome.lookAgainAt, waiting: outcome.waiting };
  }

  function report(item: WorkItem, outcome: Outcome): void {
    if (outcome.kind !== 'settled') return;
    const { delivered, waiting } = outcome;
    if (delivered.length) log.info({ ...subject(item), did: delivered.map(describe) }, 'account brought up to date');
    else log.debug({ ...subject(item), waiting }, 'nothing to do');
    if (waiting === 'held') log.warn(subject(item), 'the guard holds a loss of access: gangway hold list');
  }

  async function handBack(item: WorkItem, error: unknown): Promise<void> {
    if (cutOff.signal.aborted) {
      const failure = { error: 'the server stopped', delaySeconds: 0, countAttempt: false, giveUp: false };
      await failed(db, item, failure).catch(() => {});
      return;
    }
    if (isFault(error, 'database_unavailable')) return; // the lease runs out by itself
    const outcome = verdict(error, item.attempts, pauses.outages(item.targetId), Math.random());
    if (outcome.pauseTargetSeconds > 0) pauses.pause(item.targetId, outcome.pauseTargetSeconds);
    if (isFault(error, 'target_down')) await noteOutage(db, item).catch(() => {}); // or the next failure does
    const line = { ...subject(item), attempt: item.attempts, err: isFault(error) ? undefined : error };
    log[isFault(error) ? 'warn' : 'error']({ ...line, reason: outcome.error }, 'delivery failed');
    await failed(db, item, outcome).catch((cause) => log.error({ err: cause }, 'cannot record a failed delivery'));
  }
}

/** What work of other kinds than a person's is about. */
const SUBJECTS: Readonly<Record<string, string>> = {
  reconcile: 'connection',
  feed: 'connection',
  notice: 'address',
  watch: 'tenant',
  events: 'stream',
};

function subject({ tenantId, targetId, kind, subjectId }: WorkItem): Record<string, string> {
  return { tenant: tenantId, target: targetId, [SUBJECTS[kind] ?? 'person']: subjectId };
}
