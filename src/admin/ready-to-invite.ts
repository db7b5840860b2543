import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Knex } from 'knex';
import { listConnections } from '../directory/connections.ts';
import { emailOf } from '../model/email.ts';
import { stagedPeople } from '../report/staged.ts';
import { csvLine } from './csv.ts';

const CSV_PAGE = 1000;
const FIRST = '00000000-0000-0000-0000-000000000000';

export type Ready = {
  id: string;
  userName: string;
  email: string | null;
  displayName: string | null;
  connection: { id: string; name: string; state: string };
  targetIds: string[];
  dueAt: Date | null;
};

/**
 * The list "ready to invite" (S58): who is known and has no account, where the policy waits for a human or a first day.
 * By id, so that the last one's id is the next page's `after`.
 */
export async function readyToInvite(
  db: Knex,
  tenantId: string,
  page: { connection?: string | undefined; after?: string | undefined; limit: number },
): Promise<Ready[]> {
  const connectionIds = (await listConnections(db, tenantId))
    .filter(({ id }) => page.connection === undefined || page.connection === id)
    .filter(({ state, policy }) => state !== 'disconnected' && policy.invite !== 'automatic')
    .map(({ id }) => id);
  const rows = await stagedPeople(db, { tenantId, connectionIds, after: page.after ?? FIRST, limit: page.limit });
  return rows.map(({ said, ...row }) => {
    const name = said['displayName'];
    return { ...row, email: emailOf(said), displayName: typeof name === 'string' ? name : null };
  });
}

/** All of that list as CSV, page by page, so that nobody holds the list. */
export async function sendReadyCsv(
  db: Knex,
  tenantId: string,
  { connection }: { connection?: string | undefined },
  res: Response,
): Promise<void> {
  res.type('text/csv; charset=utf-8').attachment('ready-to-invite.csv');
  await pipeline(Readable.from(csvOf(db, tenantId, connection)), res);
}

async function* csvOf(db: Knex, tenantId: string, connection: string | undefined): AsyncGenerator<string> {
  // the mark makes Excel read UTF-8
  yield `\ufeff${csvLine(['id', 'userName', 'email', 'displayName', 'connection', 'dueAt'])}`;
  for (let after = FIRST; ; ) {
    const people = await readyToInvite(db, tenantId, { connection, after, limit: CSV_PAGE });
    for (const { id, userName, email, displayName, connection: from, dueAt } of people) {
      yield csvLine([id, userName, email ?? '', displayName ?? '', from.name, dueAt?.toISOString() ?? '']);
    }
    const last = people.at(-1);
    if (!last || people.length < CSV_PAGE) return;
    after = last.id;
  }
}
