import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { type AuditItem, type AuditQuery, listAudit } from '../report/audit-list.ts';
import { csvLine } from './csv.ts';
import { isStorable } from './input.ts';

const text = z.string().min(1).max(1000).refine(isStorable, 'text that cannot be there').optional();
const time = z.iso.datetime({ offset: true }).optional();

/** What `GET /audit` may be asked for. */
export const AuditWish = z.strictObject({
  subject: text,
  action: text,
  actor: text,
  from: time,
  until: time,
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Who changed what: as JSON page by page, as CSV the whole. */
export function auditRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const { before = null, limit, from, until, ...wish } = AuditWish.parse(req.query);
    const { subject = null, action = null, actor = null } = wish;
    const times = { from: from ? new Date(from) : null, until: until ? new Date(until) : null };
    const query = { tenantId: res.locals['tenantId'] as string, subject, action, actor, ...times };
    if (req.accepts(['json', 'text/csv']) === 'text/csv') {
      res.type('text/csv; charset=utf-8').attachment('audit.csv');
      return pipeline(Readable.from(csvOf(db, query)), res);
    }
    const entries = await listAudit(db, query, { before, limit });
    res.json({ entries, next: entries.length === limit ? (entries.at(-1)?.id ?? null) : null });
  });
  return router;
}

const PAGE = 1_000;

async function* csvOf(db: Knex, query: AuditQuery): AsyncGenerator<string> {
  yield `\ufeff${csvLine(['id', 'at', 'actor', 'action', 'subject', 'detail'])}`;
  for (let before: string | null = null; ; ) {
    const page: AuditItem[] = await listAudit(db, query, { before, limit: PAGE });
    for (const { id, at, actor, action, subject, detail } of page) {
      yield csvLine([id, at.toISOString(), actor, action, subject, JSON.stringify(detail)]);
    }
    before = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return;
  }
}
