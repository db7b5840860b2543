import { Router } from 'express';
import type { Knex } from 'knex';
import { isUuid } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import { summaryOf } from '../report/summary.ts';

/** What is known and what was done of one person. */
export function peopleRoutes(db: Knex): Router {
  const router = Router();
  router.get('/:id', async (req, res) => {
    const { id } = req.params;
    const summary = isUuid(id) ? await summaryOf(db, res.locals['tenantId'], id) : null;
    if (!summary) throw new Fault('not_found', `no person ${id.slice(0, 100)}`);
    res.json(summary);
  });
  return router;
}
