import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { readConnection } from '../directory/connections.ts';
import { keepRequestsUntil, readLogUntil } from '../directory/requests.ts';
import { record } from '../report/audit.ts';
import { listRequests, readRequest } from '../report/requests.ts';
import { knownId } from './input.ts';

const LONGEST_MS = 24 * 3_600_000;
/** The clocks of who asks may be fast. */
const GRACE_MS = 60_000;

export const Query = z.strictObject({
  failed: z.stringbool().default(false),
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const RequestLogWish = z.strictObject({
  until: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((date) => date.getTime() > Date.now(), 'must be in the future')
    .refine((date) => date.getTime() <= Date.now() + LONGEST_MS + GRACE_MS, 'must be within the next 24 hours')
    .nullable(),
});

/** The last SCIM requests of a connection, without secrets; those that succeed only while somebody wants them. */
export function connectionRequestRoutes({ db, changed }: { db: Knex; changed: () => void }): Router {
  const router = Router();
  router.param('id', knownId('connection'));
  router.param('requestId', knownId('request'));

  router.get('/:id/requests', async (req, res) => {
    const { failed, after = null, limit } = Query.parse(req.query);
    const { tenantId, id: connectionId } = await readConnection(db, res.locals['tenantId'], req.params.id);
    const requests = await listRequests(db, { tenantId, connectionId, failed, after, limit });
    res.json({ requests, next: requests.length === limit ? (requests.at(-1)?.id ?? null) : null });
  });

  router.get('/:id/requests/:requestId', async (req, res) => {
    const { id: connectionId, requestId: id } = req.params;
    res.json(await readRequest(db, { tenantId: res.locals['tenantId'], connectionId, id }));
  });

  router.get('/:id/request-log', async (req, res) => {
    const until = await readLogUntil(db, res.locals['tenantId'], req.params.id);
    res.json({ until: until !== null && until.getTime() > Date.now() ? until : null });
  });

  router.put('/:id/request-log', async (req, res) => {
    const { until } = RequestLogWish.parse(req.body);
    const { id } = req.params;
    const tenantId: string = res.locals['tenantId'];
    await inTransaction(db, async (trx) => {
      await keepRequestsUntil(trx, tenantId, id, until);
      await record(trx, { tenantId, action: 'connection.request-log', subject: id, detail: { until } });
    });
    changed();
    res.json({ until });
  });
  return router;
}
