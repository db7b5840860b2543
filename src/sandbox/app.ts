import { type ErrorRequestHandler, Router } from 'express';
import type { Knex } from 'knex';
import type { Log } from '../log.ts';
import { apiRoutes } from './api.ts';
import { pageRoutes } from './page.ts';
import { Refusal } from './refusal.ts';

/**
 * A small app of its own that behaves like the real ones Gangway follows: accounts with ids of its own, an API with a
 * key and with faults that can be switched on, and a page on which to watch what arrives. Mount it anywhere.
 */
export function sandboxApp({ db, key, log }: { db: Knex; key: string; log: Log }): Router {
  const router = Router();
  router.use('/api/v1', apiRoutes({ db, key, log }));
  router.use(pageRoutes(db), pageErrors(log));
  return router;
}

function pageErrors(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters
  return (error, req, res, _next) => {
    if (error instanceof Refusal) return void res.status(error.status).type('text').send(`${error.message}\n`);
    log.error({ err: error, method: req.method, path: req.path }, 'sandbox page failed');
    res.status(500).type('text').send('The sandbox failed.\n');
  };
}
