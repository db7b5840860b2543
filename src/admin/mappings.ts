import { Router } from 'express';
import { inTransaction } from '../database/transaction.ts';
import { readMapping } from '../directory/mappings.ts';
import { actorNow } from '../report/actor.ts';
import { knownId } from './input.ts';
import { previewMapping } from './mapping-preview.ts';
import { tryMapping } from './mapping-trial.ts';
import { changeMapping, parsed } from './plans/mapping.ts';
import type { TargetMaker } from './targets.ts';
import { unmatchedCsv, unmatchedValues } from './unmatched.ts';

/** A connection's mapping: the document, what a change would do, what it makes of one person, what it does not name. */
export function connectionMappingRoutes(options: TargetMaker & { changed: () => void }): Router {
  const { db, changed } = options;
  const router = Router();
  router.param('id', knownId('connection'));
  router.get('/:id/mapping', async (req, res) => {
    const { mapping } = await readMapping(db, res.locals['tenantId'], req.params.id);
    res.json({ mapping });
  });
  router.put('/:id/mapping', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    await readMapping(db, tenantId, id); // an unknown connection is 404, whatever the body says
    const mapping = await parsed(db, tenantId, req.body);
    await inTransaction(db, async (trx) => {
      await changeMapping(trx, { tenantId, connectionId: id, mapping, actor: actorNow() });
    });
    changed();
    res.json({ mapping });
  });
  // who would change, without doing it
  router.post('/:id/mapping/preview', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    const { mapping: before } = await readMapping(db, tenantId, id);
    res.json(await previewMapping(options, tenantId, id, before, await parsed(db, tenantId, req.body)));
  });
  router.post('/:id/mapping/test', async (req, res) => {
    res.json(await tryMapping(db, res.locals['tenantId'], req.params.id, req.body));
  });
  router.get('/:id/mapping/unmatched', async (req, res) => {
    const report = await unmatchedValues(db, res.locals['tenantId'], req.params.id);
    if (req.accepts(['json', 'text/csv']) !== 'text/csv') return res.json(report);
    res.type('text/csv; charset=utf-8').attachment('unmatched.csv').send(unmatchedCsv(report));
  });
  return router;
}
