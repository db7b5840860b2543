import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { isUuid } from '../database/uuid.ts';
import { createTenant, findTenant, listTenants } from '../directory/tenants.ts';
import { Fault } from '../errors.ts';
import { record } from '../report/audit.ts';
import { name } from './input.ts';

const NewTenant = z.strictObject({ name: name.refine((text) => !isUuid(text), 'a name that looks like an id') });

/** The tenants of the installation: the only routes that need no tenant named. */
export function tenantRoutes(db: Knex): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    res.json({ tenants: await listTenants(db) });
  });
  router.post('/', async (req, res) => {
    res.status(201).json(await addTenant(db, NewTenant.parse(req.body).name));
  });
  return router;
}

/** Names are unique by this look-up alone, so it is serializable: no index over all tenants fits a sharded database. */
async function addTenant(db: Knex, tenantName: string): Promise<{ tenantId: string; name: string }> {
  const add = async (trx: Knex.Transaction) => {
    if (await findTenant(trx, tenantName)) {
      throw new Fault('already_exists', `a tenant named "${tenantName}" exists already`);
    }
    const tenantId = await createTenant(trx, tenantName);
    await record(trx, { tenantId, action: 'tenant.create', subject: tenantId, detail: { name: tenantName } });
    return { tenantId, name: tenantName };
  };
  return inTransaction(db, add, { isolationLevel: 'serializable' });
}
