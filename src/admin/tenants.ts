import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { setRole } from '../access/operators.ts';
import { inTransaction } from '../database/transaction.ts';
import { isUuid } from '../database/uuid.ts';
import { createTenant, findTenant, type Tenant } from '../directory/tenants.ts';
import { Fault } from '../errors.ts';
import { ENVIRONMENTS } from '../model/environment.ts';
import type { Principal } from '../model/principal.ts';
import { record } from '../report/audit.ts';
import { armWatch } from '../work/arm.ts';
import { principalIn } from './authorise.ts';
import { name } from './input.ts';
import { visibleTenants } from './tenant.ts';

export const NewTenant = z.strictObject({
  name: name.refine((text) => !isUuid(text), 'a name that looks like an id'),
  environment: z.enum(ENVIRONMENTS).default('live'),
});
type NewTenant = z.output<typeof NewTenant>;

/** The tenants of the installation: the only routes that need no tenant named. */
export function tenantRoutes(db: Knex): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    res.json({ tenants: await visibleTenants(db, principalIn(res)) });
  });
  router.post('/', async (req, res) => {
    res.status(201).json(await addTenant(db, NewTenant.parse(req.body), principalIn(res)));
  });
  return router;
}

/** Names are unique by this look-up alone, so it is serializable: no index over all tenants fits a sharded database. */
async function addTenant(db: Knex, tenant: NewTenant, principal: Principal): Promise<Tenant> {
  const add = async (trx: Knex.Transaction) => {
    if (await findTenant(trx, tenant.name)) {
      throw new Fault('already_exists', `a tenant named "${tenant.name}" exists already`);
    }
    const tenantId = await createTenant(trx, tenant.name, tenant.environment);
    await armWatch(trx, tenantId);
    if (principal.kind === 'operator') await setRole(trx, tenantId, principal.id, ['owner']);
    await record(trx, { tenantId, action: 'tenant.create', subject: tenantId, detail: tenant });
    return { tenantId, ...tenant };
  };
  return inTransaction(db, add, { isolationLevel: 'serializable' });
}
