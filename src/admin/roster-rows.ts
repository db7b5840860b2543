import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { changingRows, VERDICTS } from '../roster/changing-rows.ts';
import { explained } from '../roster/error-file.ts';
import { readRosterOf, rejectedPage } from '../roster/staged.ts';
import { knownId } from './input.ts';

const limit = z.coerce.number().int().min(1).max(500).default(100);
export const RowsWish = z.object({
  verdict: z.enum(VERDICTS),
  after: z.coerce.number().int().min(-2_147_483_648).max(2_147_483_647).nullable().default(null),
  limit,
});
export const RejectsWish = z.object({
  after: z.coerce.number().int().min(0).max(2_147_483_647).nullable().default(null),
  limit,
});

/** Who would be new, changed, back or missing by a roster that is held or was tried out; and the rows that were not taken. */
export function rosterRowRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.param('id', knownId('run'));
  router.get('/:id/rows', async (req, res) => {
    const key = { tenantId: res.locals['tenantId'] as string, runId: req.params.id };
    await readRosterOf(db, key); // an unknown run is 404, whatever is asked of it
    res.json(await changingRows(db, key, RowsWish.parse(req.query)));
  });
  // by the page, for who looks at them; the error file has them all
  router.get('/:id/rejects', async (req, res) => {
    const key = { tenantId: res.locals['tenantId'] as string, runId: req.params.id };
    const { shape } = await readRosterOf(db, key);
    const { rows, next } = await rejectedPage(db, key, {
      headers: shape?.headers ?? [],
      ...RejectsWish.parse(req.query),
    });
    const shown = rows.map(({ raw, rejects }) => ({
      row: rejects[0]?.line ?? null,
      columns: raw.map(([column, value]) => ({ column, value })),
      rejects: rejects.map(explained),
    }));
    res.json({ rows: shown, next });
  });
  return router;
}
