import { Router } from 'express';
import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { revokeToken } from '../directory/credentials.ts';
import { Fault } from '../errors.ts';
import { record } from '../report/audit.ts';
import { knownId } from './input.ts';

/** Tokens by their own ids; they are made at their connection. */
export function tokenRoutes({ db, changed }: { db: Knex; changed: () => void }): Router {
  const router = Router();
  router.param('id', knownId('token'));
  router.delete('/:id', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    await inTransaction(db, async (trx) => {
      if (!(await revokeToken(trx, tenantId, id))) throw new Fault('not_found', `no live token ${id}`);
      await record(trx, { tenantId, action: 'token.revoke', subject: id, detail: {} });
    });
    changed();
    res.status(204).end();
  });
  return router;
}
