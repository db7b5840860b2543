import { expect } from 'vitest';
import type { Answer, Gangway } from './gangway.ts';

export type StreamBody = {
  id: string;
  name: string;
  url: string;
  state: string;
  pausedWhy: string | null;
  after: string;
  behind: number;
  missed: number;
  failures: number;
  lastError: string | null;
  nextAt: string | null;
  secret: string;
  key: string;
};
type Admin = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Makes a stream of events by the API. */
export async function addStream(admin: Admin, stream: Record<string, unknown>): Promise<StreamBody> {
  const { status, body } = await admin('POST', '/event-streams', stream);
  expect([status, body['detail']]).toEqual([201, undefined]);
  return body as StreamBody;
}

export async function streamNow({ admin }: Pick<Gangway, 'admin'>, id: string): Promise<StreamBody> {
  return (await admin('GET', `/event-streams/${id}`)).body as StreamBody;
}

/** Lets the time of the next try be now. */
export async function tryNow({ db }: Pick<Gangway, 'db'>): Promise<void> {
  await db.raw(`update event_streams set next_at = now()`);
  await db.raw(
    `update work_item set next_at = now(), state = 'ready', wanted_rev = wanted_rev + 1
      where kind = 'events' and lease_token is null`,
  );
}

/** The feed by the API, from its beginning. */
export async function feed({ admin }: Pick<Gangway, 'admin'>): Promise<{ id: string; type: string }[]> {
  return (await admin('GET', '/events?limit=1000')).body['events'] as { id: string; type: string }[];
}
