import { type Request, Router } from 'express';
import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { eraseCarried } from '../directory/extension-carriers.ts';
import { listExtensions, putExtension, readExtension, removeExtension } from '../directory/extensions.ts';
import { record } from '../report/audit.ts';
import { parseExtension } from './extension-input.ts';

/** The attributes that a tenant adds to people and groups. */
export function extensionRoutes({ db, changed }: { db: Knex; changed: () => void }): Router {
  const router = Router();

  router.get('/', async (_req, res) => {
    res.json({ extensions: await listExtensions(db, res.locals['tenantId']) });
  });

  router.get('/:urn', async (req, res) => {
    res.json(await readExtension(db, res.locals['tenantId'], req.params.urn));
  });

  router.put('/:urn', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const extension = parseExtension(req.body, req.params.urn);
    const force = isForced(req);
    const isNew = await inTransaction(db, async (trx) => {
      const made = await putExtension(trx, tenantId, extension, { force });
      const { urn: subject, resourceType, required, attributes } = extension;
      const detail = { resourceType, required, attributes: attributes.map(({ name }) => name), force };
      await record(trx, { tenantId, action: 'extension.put', subject, detail });
      return made;
    });
    changed();
    res.status(isNew ? 201 : 200).json(extension);
  });

  // erasing what people carry takes many transactions, so it is recorded before the first of them
  router.delete('/:urn', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const extension = await readExtension(db, tenantId, req.params.urn);
    const force = isForced(req);
    const { urn: subject } = extension;
    if (force) {
      await record(db, { tenantId, action: 'extension.erase', subject, detail: {} });
      await eraseCarried(db, tenantId, extension);
    }
    await inTransaction(db, async (trx) => {
      await removeExtension(trx, tenantId, extension, { force });
      await record(trx, { tenantId, action: 'extension.remove', subject, detail: { force } });
    });
    changed();
    res.status(204).end();
  });
  return router;
}

function isForced({ query }: Request): boolean {
  return query['force'] === 'true';
}
