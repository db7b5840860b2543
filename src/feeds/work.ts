import { readConnection } from '../directory/connections.ts';
import type { WorkHandler, WorkResult } from '../work/handler.ts';
import { type Feed, findFeed, saveOutcome } from './feeds.ts';
import { type Fetched, type FetchOptions, fetchRoster } from './fetch.ts';
import { nextFetch, nextTime } from './schedule.ts';

/** Work of this kind is about a connection, and no target has a part in it. */
export const FEED_WORK = 'feed';

/** Who is being delivered to must not wait for files. */
const MOST_UNDER_WAY = 2;
const ROOM_AGAIN_MS = 5_000;
/** Another roster of the connection is being read, or its server has died: that is found out after 20 seconds. */
const BUSY_AGAIN_MS = 10_000;

/**
 * The work of kind `feed`: fetches a connection's roster when it is due, and says when to look again. However many times
 * were missed, one fetch makes up for them all.
 *
 *   feed      connection     due           does
 *   none      any            any           nothing, for ever
 *   there     disconnected   any           nothing, and looks again at the schedule's next time
 *   there     otherwise      not yet       nothing, and looks again when it is
 *   there     otherwise      yes, asked    fetches, keeps what came of it, and looks again at the next time
 */
export function feedHandler(options: FetchOptions): WorkHandler {
  const { db } = options;
  let underWay = 0;
  return async ({ tenantId, subjectId }, stop) => {
    const feed = await findFeed(db, { tenantId, connectionId: subjectId });
    if (!feed) return { kind: 'done', lookAgainAt: null };
    const { state } = await readConnection(db, tenantId, subjectId);
    const now = new Date();
    if (state === 'disconnected') return until(nextTime(feed.schedule, now));
    if (feed.askedAt === null && feed.nextAt > now) return until(feed.nextAt);
    if (underWay >= MOST_UNDER_WAY) return until(new Date(now.getTime() + ROOM_AGAIN_MS));
    underWay += 1;
    try {
      return await keep(options, feed, now, await fetchRoster(options, feed, stop));
    } finally {
      underWay -= 1;
    }
  };
}

async function keep({ db, log }: FetchOptions, feed: Feed, at: Date, fetched: Fetched): Promise<WorkResult> {
  const now = new Date();
  if (fetched === 'busy') return until(new Date(now.getTime() + BUSY_AGAIN_MS));
  const failures = fetched.result === 'failed' ? feed.failures + 1 : 0;
  const { waitSeconds, ...outcome } = fetched;
  const nextAt = nextFetch(nextTime(feed.schedule, now), { failures, waitSeconds }, now);
  const line = { tenant: feed.tenantId, connection: feed.connectionId, run: outcome.runId, next: nextAt };
  if (outcome.result === 'failed') log.warn({ ...line, reason: outcome.words }, 'a feed could not be fetched');
  else log.info({ ...line, result: outcome.result }, 'a feed was fetched');
  await saveOutcome(db, feed, { ...outcome, at, nextAt, failures });
  // whoever changed the feed or asked meanwhile has marked the work: then it is due at once, whatever is said here
  return until(nextAt);
}

function until(lookAgainAt: Date): WorkResult {
  return { kind: 'done', lookAgainAt };
}
