import { expect } from 'vitest';
import { eventually, type Gangway, settled } from './gangway.ts';

export type FeedBody = {
  kind: string;
  settings: Record<string, unknown>;
  secrets?: Record<string, string | null>;
  schedule?: { cron: string; timeZone: string };
  expectations?: Record<string, number>;
};
export type Last = { at: string; result: string; words: string | null; runId: string | null };

/** So far away that no test meets it by chance. */
export const SELDOM = { cron: '30 2 1 1 *', timeZone: 'Europe/Berlin' };

export const feedOf = (gangway: Gangway, more = ''): string => `/connections/${gangway.connection.id}/feed${more}`;

/** Sets a feed by the API. */
export async function setFeed(gangway: Gangway, feed: FeedBody) {
  const answer = await gangway.admin('PUT', feedOf(gangway), { schedule: SELDOM, ...feed });
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}

/** Waits until a fetch has ended after `since`, and its people are dealt with. */
export async function fetched(gangway: Gangway, since: Date): Promise<Last & { failures: number; nextAt: string }> {
  const feed = await eventually('the feed was fetched', async () => {
    const { body } = await gangway.admin('GET', feedOf(gangway));
    const last = body['last'] as Last | null;
    return last && new Date(last.at) >= since && body['askedAt'] === null ? { ...last, ...body } : null;
  });
  await settled(gangway.db);
  return feed as unknown as Last & { failures: number; nextAt: string };
}

/** Asks for a fetch by the API and waits for all that comes of it. */
export async function fetchNow(gangway: Gangway) {
  const since = new Date();
  const { status, body } = await gangway.admin('POST', feedOf(gangway, '/fetch'));
  expect([status, body['detail']]).toEqual([202, undefined]);
  return fetched(gangway, since);
}

/** Lets the schedule's time be now, as if the clock had come to it. */
export async function comesDue(gangway: Gangway) {
  const since = new Date();
  // not while a worker looks: its lease ends at next_at, and a second worker would fetch the same beside it
  await eventually('nobody is looking at the feed', async () => {
    const { rowCount } = await gangway.db.raw(
      `with due as (update work_item set next_at = now(), state = 'ready', wanted_rev = wanted_rev + 1
                     where kind = 'feed' and lease_token is null returning 1)
       update feeds set next_at = now() - interval '1 second' where exists (select 1 from due)`,
    );
    return rowCount === 1;
  });
  return fetched(gangway, since);
}
