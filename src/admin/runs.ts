import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { requestRuns } from '../deliver/request-runs.ts';
import { listConnections, readConnection } from '../directory/connections.ts';
import { Fault } from '../errors.ts';
import { actorNow } from '../report/actor.ts';
import { record } from '../report/audit.ts';
import { listRuns, RUN_KINDS, readRun, rhythmOf } from '../report/runs.ts';
import { knownId } from './input.ts';

type Options = { db: Knex; changed: () => void };

export const Query = z.object({
  connection: z.uuid().nullable().default(null),
  kind: z.enum(RUN_KINDS).nullable().default(null),
  before: z.uuid().nullable().default(null),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export const Request = z.strictObject({ force: z.boolean().default(false) });

/** What was compared or read in one go, from its start to its report. */
export function runRoutes({ db }: Options): Router {
  const router = Router();
  router.param('id', knownId('run'));
  router.get('/', async (req, res) => {
    const { connection: connectionId, ...page } = Query.parse(req.query);
    res.json({ runs: await listRuns(db, res.locals['tenantId'], { connectionId, ...page }) });
  });
  router.get('/:id', async (req, res) => {
    res.json(await readRun(db, res.locals['tenantId'], req.params.id));
  });
  return router;
}

/** The reconcile runs of one connection: when they were and will be, and one more now. */
export function connectionRunRoutes({ db, changed }: Options): Router {
  const router = Router();
  router.param('id', knownId('connection'));
  router.get('/:id/reconcile', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id, policy } = await readConnection(db, tenantId, req.params.id);
    res.json({ reconcile: policy.reconcile, targets: await rhythmOf(db, tenantId, id) });
  });
  router.post('/:id/reconcile', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    await readConnection(db, tenantId, id); // unknown is not found, whatever the body says
    const { force } = Request.parse(req.body ?? {});
    const ids = await inTransaction(db, (trx) => request(trx, tenantId, id, force));
    changed();
    res.status(202).json({ runs: await Promise.all(ids.map((runId) => readRun(db, tenantId, runId))) });
  });
  return router;
}

async function request(trx: Knex, tenantId: string, id: string, forced: boolean): Promise<string[]> {
  const { name, state } = await readConnection(trx, tenantId, id);
  if (state !== 'enabled') {
    const mend = `nothing is looked at before \`gangway connection enable ${name}\``;
    throw new Fault('connection_not_enabled', `connection "${name}" is ${state}: ${mend}`);
  }
  const targetIds = (await listConnections(trx, tenantId)).find((one) => one.id === id)?.targetIds ?? [];
  const runs = await requestRuns(trx, { tenantId, connectionId: id }, targetIds, actorNow(), forced);
  const detail = { runs, forced };
  await record(trx, { tenantId, action: 'connection.reconcile', subject: id, detail, actor: actorNow() });
  return runs;
}
