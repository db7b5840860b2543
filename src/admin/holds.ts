import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { decideHold } from '../deliver/hold-decision.ts';
import { listHolds, readHold, showHold } from '../deliver/holds.ts';
import { knownId, name } from './input.ts';

// the key is the installation's, so who decides gives a name; from the second threshold on there must be two
export const Decision = z.strictObject({
  actor: name,
  people: z.array(z.uuid().toLowerCase()).min(1).max(10_000).optional(),
});

/** Losses of access that wait for a human. */
export function holdRoutes({ db, changed }: { db: Knex; changed: () => void }): Router {
  const router = Router();
  router.param('id', knownId('hold'));

  router.get('/', async (_req, res) => {
    res.json({ holds: await listHolds(db, res.locals['tenantId']) });
  });

  router.get('/:id', async (req, res) => {
    res.json(await showHold(db, res.locals['tenantId'], req.params.id));
  });

  for (const kind of ['release', 'discard'] as const) {
    router.post(`/:id/${kind}`, async (req, res) => {
      const id = String(req.params['id']); // the path has it
      await readHold(db, res.locals['tenantId'], id); // unknown is not found, whatever the body says
      const decision = { kind, ...Decision.parse(req.body) };
      const decided = await inTransaction(db, (trx) => decideHold(trx, res.locals['tenantId'], id, decision));
      changed();
      res.json(decided);
    });
  }
  return router;
}
