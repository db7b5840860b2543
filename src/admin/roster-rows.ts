import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { changingRows, VERDICTS } from '../roster/changing-rows.ts';
import { readRosterOf } from '../roster/staged.ts';
import { knownId } from './input.ts';

export const RowsWish = z.object({
  verdict: z.enum(VERDICTS),
  after: z.coerce.number().int().min(-2_147_483_648).max(2_147_483_647).nullable().default(null),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Who would be new, changed, back or missing by a roster that is held or was tried out. */
export function rosterRowRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.param('id', knownId('run'));
  router.get('/:id/rows', async (req, res) => {
    const key = { tenantId: res.locals['tenantId'] as string, runId: req.params.id };
    await readRosterOf(db, key); // an unknown run is 404, whatever is asked of it
    res.json(await changingRows(db, key, RowsWish.parse(req.query)));
  });
  return router;
}
