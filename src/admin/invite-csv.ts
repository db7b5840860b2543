import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Knex } from 'knex';
import { type InvitePage, listInvites } from '../invite/invites.ts';
import { csvLine } from './csv.ts';

const COLUMNS = ['id', 'userName', 'channel', 'state', 'confirmed', 'language', 'location', 'lastAnswer'] as const;
const TIMES = ['createdAt', 'sentAt', 'expiresAt', 'acceptedAt'] as const;
const PAGE = 1000;

/** All invites of a list as CSV, page by page, so that nobody holds the list. */
export async function sendInviteCsv(db: Knex, page: InvitePage, res: Response): Promise<void> {
  res.type('text/csv; charset=utf-8').attachment('invites.csv');
  await pipeline(Readable.from(csvOf(db, page)), res);
}

async function* csvOf(db: Knex, page: InvitePage): AsyncGenerator<string> {
  yield `\ufeff${csvLine([...COLUMNS, ...TIMES])}`; // the mark makes Excel read UTF-8
  for (let after = page.after; ; ) {
    const invites = await listInvites(db, { ...page, after, limit: PAGE });
    for (const invite of invites) {
      const own = COLUMNS.map((name) => String(invite[name] ?? ''));
      yield csvLine([...own, ...TIMES.map((name) => invite[name]?.toISOString() ?? '')]);
    }
    const last = invites.at(-1);
    if (!last || invites.length < PAGE) return;
    after = last.id;
  }
}
