import { Fault, isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import { readRun } from '../report/runs.ts';
import { countRows, recordFailedRoster } from '../roster/failed-fetch.ts';
import { parseProfile } from '../roster/profile.ts';
import { endRoster, lastRoster, type OpenRoster, type Upload } from '../roster/runs.ts';
import { receiveRoster, type TakeOptions, workOnRoster } from '../roster/take.ts';
import type { Vault } from '../vault.ts';
import { expectedAge, expectedRows, knownState } from './believe.ts';
import type { Opened } from './feed.ts';
import type { Feed, Outcome } from './feeds.ts';
import type { TokenMemory } from './https/token.ts';
import { profileOf, readSetProfile } from './profile.ts';
import { sourceOf } from './source.ts';
import { limitsOf, passedOn, type Telling, untilStopped } from './stream.ts';

export type FetchOptions = TakeOptions & { readonly log: Log; readonly vault: Vault; readonly tokens: TokenMemory };
/** `busy`: another roster of the connection is being read. `waitSeconds`: how long the source asked us to wait. */
export type Fetched = (Outcome & { readonly waitSeconds?: number | undefined }) | 'busy';

type File = Extract<Opened, { kind: 'roster' }>;
/** What is known so far: it says how a failure is told. */
type Attempt = { upload: Upload; tell: Telling; run: OpenRoster | null };

/**
 * Fetches a feed's roster once, and takes it as if it had been uploaded. Whatever goes wrong is a failed run in words, and
 * nothing of such a roster counts; only a server that stops and a database that is away throw.
 */
export async function fetchRoster(options: FetchOptions, feed: Feed, stop: AbortSignal): Promise<Fetched> {
  const { tenantId, connectionId } = feed;
  const common = { dryRun: false, hold: false, fileName: null, idempotencyKey: null, askedBy: 'feed' };
  const upload = { tenantId, connectionId, profile: parseProfile({}), ...common };
  const attempt: Attempt = { upload, tell: (error) => error, run: null };
  try {
    return await attemptFetch(options, feed, attempt, stop);
  } catch (error) {
    stop.throwIfAborted();
    if (isFault(error, 'database_unavailable')) throw error;
    if (isFault(error, 'roster_busy')) return 'busy';
    return failure(options, attempt, attempt.tell(error));
  }
}

async function attemptFetch(options: FetchOptions, feed: Feed, attempt: Attempt, stop: AbortSignal): Promise<Fetched> {
  const { db, vault, tokens } = options;
  const { kind, settings } = feed;
  const set = await readSetProfile(db, feed);
  const source = sourceOf({ kind, settings, secrets: vault.open(feed.secrets) }, tokens, set.set);
  const { signal, tell } = limitsOf(source, stop);
  attempt.tell = tell;
  attempt.upload = { ...attempt.upload, profile: profileOf(set, source) };
  const last = await lastRoster(db, feed);
  const known = knownState(feed, last, attempt.upload.profile);
  const opened = await source.open({ seen: known, signal });
  if (opened.kind === 'roster') return take(options, feed, opened, attempt, stop);
  expectedAge(feed.expectations, known?.modifiedAt ? new Date(known.modifiedAt) : null);
  return { result: 'unchanged', words: 'the source says that nothing has changed', runId: feed.lastRunId, seen: known };
}

async function take(
  options: FetchOptions,
  feed: Feed,
  opened: File,
  attempt: Attempt,
  stop: AbortSignal,
): Promise<Fetched> {
  const { db } = options;
  const { modifiedAt } = opened;
  const { body, contentHash } = passedOn(opened.body, attempt.tell);
  const upload = { ...attempt.upload, fileName: opened.fileName };
  const begun = (run: OpenRoster) => {
    attempt.run = run;
  };
  const receive = async () => {
    expectedAge(feed.expectations, modifiedAt);
    return receiveRoster({ db }, upload, body, contentHash, begun);
  };
  const received = await receive().finally(() => body.destroy());
  const seen = opened.seen && { ...opened.seen, modifiedAt: modifiedAt?.toISOString() };
  if ('same' in received) {
    return { result: 'unchanged', words: 'it is the roster that was applied last', runId: received.same, seen };
  }
  return work(options, feed, received.run, seen, stop);
}

async function work(
  options: FetchOptions,
  { expectations }: Feed,
  run: OpenRoster,
  seen: Outcome['seen'],
  stop: AbortSignal,
): Promise<Fetched> {
  const { db } = options;
  const few = expectedRows(expectations, await countRows(db, run));
  if (few !== null) {
    await endRoster(db, run, 'failed', few);
    return { result: 'failed', words: few, runId: run.runId, seen: null };
  }
  await untilStopped(workOnRoster(options, run), stop);
  const { state, error } = await readRun(db, run.tenantId, run.runId);
  const result = state === 'done' || state === 'held' ? state : 'failed';
  return { result, words: error, runId: run.runId, seen: result === 'done' ? seen : null };
}

async function failure({ db, log }: FetchOptions, { upload, run }: Attempt, error: unknown): Promise<Fetched> {
  if (!isFault(error)) log.error({ err: error, connection: upload.connectionId }, 'a feed met a bug');
  const said = isFault(error) ? error.message : 'it ended early, see the server log';
  const words = said.slice(0, 2000);
  const waitSeconds = error instanceof Fault ? error.retryAfter : undefined;
  const runId = run?.runId ?? (await recordFailedRoster(db, upload, words));
  return { result: 'failed', words, runId, seen: null, waitSeconds };
}
