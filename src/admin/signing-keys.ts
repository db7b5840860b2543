import { Router } from 'express';
import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { publishedKeys, rotateKey } from '../events/signing-keys.ts';
import { record } from '../report/audit.ts';
import type { Vault } from '../vault.ts';
import { principalIn } from './authorise.ts';
import { visibleTenants } from './tenant.ts';

/** What the installation signs Security Event Tokens with: the same for all tenants. */
export function signingKeyRoutes({ db, vault }: { db: Knex; vault: Vault }): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    const keys = await publishedKeys(db);
    res.json({ keys: keys.map(({ kid, createdAt, retiredAt }) => ({ kid, createdAt, retiredAt })) });
  });
  // it is in the audit of every tenant in which whoever asks has a role, as their sign-ins are
  router.post('/rotate', async (_req, res) => {
    const rotated = await inTransaction(db, async (trx) => {
      const keys = await rotateKey(trx, vault);
      for (const { tenantId } of await visibleTenants(trx, principalIn(res))) {
        await record(trx, {
          tenantId,
          action: 'signing-key.rotate',
          subject: keys.kid,
          detail: { former: keys.former },
        });
      }
      return keys;
    });
    res.status(201).json(rotated);
  });
  return router;
}
