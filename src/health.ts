import { Router } from 'express';
import type { Knex } from 'knex';

/** /healthz says that the process runs, /readyz that it should get requests: database there, not stopping. */
export function healthRouter(db: Knex, state: { ready: boolean }): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const database = await db.raw('select 1').then(
      () => true,
      () => false,
    );
    const ready = state.ready && database;
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', database, stopping: !state.ready });
  });
  return router;
}
