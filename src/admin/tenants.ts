import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { setRole } from '../access/operators.ts';
import { inTransaction } from '../database/transaction.ts';
import { isUuid } from '../database/uuid.ts';
import { createTenant, denyFeatures, findTenant, type Tenant } from '../directory/tenants.ts';
import { Fault } from '../errors.ts';
import { ENVIRONMENTS } from '../model/environment.ts';
import { FEATURES } from '../model/feature.ts';
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

/** What a tenant is to lack, each with the reason that its operators are told; what is left out it has. */
export const DeniedInput = z.strictObject({
  denied: z.partialRecord(z.enum(FEATURES), z.string().trim().min(1).max(500)),
});

/** The tenants of the installation: the only routes that need no tenant named. */
export function tenantRoutes(db: Knex): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    res.json({ tenants: await visibleTenants(db, principalIn(res)) });
  });
  router.post('/', async (req, res) => {
    res.status(201).json(await addTenant(db, NewTenant.parse(req.body), principalIn(res)));
  });
  router.put('/:id/denied', async (req, res) => {
    const tenantId = await findTenant(db, req.params.id);
    if (tenantId === null) throw new Fault('not_found', `no tenant "${req.params.id.slice(0, 100)}"`);
    const { denied } = DeniedInput.parse(req.body);
    const changed = await inTransaction(db, async (trx) => {
      await record(trx, { tenantId, action: 'tenant.deny', subject: tenantId, detail: { denied } });
      return denyFeatures(trx, tenantId, denied);
    });
    res.json(changed);
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
