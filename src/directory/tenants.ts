import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { Environment } from '../model/environment.ts';
import type { Denied } from '../model/feature.ts';

export type Tenant = { tenantId: string; name: string; environment: Environment };
export type SeenTenant = Tenant & { denied: Denied };

const insertTenant = statement<Tenant>(
  'tenants_create',
  `insert into tenants (tenant_id, name, environment) values (:tenantId, :name, :environment)
   returning tenant_id as "tenantId", name, environment`,
);

const selectTenants = statement<SeenTenant>(
  'tenants_list',
  `select tenant_id as "tenantId", name, environment, denied from tenants order by tenant_id limit 1000`,
);

const selectNamed = statement<{ tenantId: string }>(
  'tenants_find',
  `select tenant_id as "tenantId" from tenants where name = :named or tenant_id::text = :named order by tenant_id limit 1`,
);

const selectDenied = statement<{ denied: Denied }>(
  'tenants_denied',
  'select denied from tenants where tenant_id = :tenantId',
);

const updateDenied = statement<SeenTenant>(
  'tenants_deny',
  `update tenants set denied = :denied where tenant_id = :tenantId
   returning tenant_id as "tenantId", name, environment, denied`,
);

/** Makes a tenant and returns its id. */
export async function createTenant(db: Knex, name: string, environment: Environment = 'live'): Promise<string> {
  const tenantId = uuidv7();
  await insertTenant(db, { tenantId, name, environment });
  return tenantId;
}

/** The tenants of this installation, oldest first, a thousand at most. */
export async function listTenants(db: Knex): Promise<SeenTenant[]> {
  return selectTenants(db, {});
}

/** The id of the tenant with this name or id, or null. */
export async function findTenant(db: Knex, named: string): Promise<string | null> {
  const [row] = await selectNamed(db, { named });
  return row?.tenantId ?? null;
}

/** What a tenant lacks, and why. */
export async function deniedFeatures(db: Knex, tenantId: string): Promise<Denied> {
  const [row] = await selectDenied(db, { tenantId });
  return row?.denied ?? {};
}

/** Says what a tenant lacks from now on; throws `not_found`. */
export async function denyFeatures(trx: Knex, tenantId: string, denied: Denied): Promise<SeenTenant> {
  const [row] = await updateDenied(trx, { tenantId, denied: JSON.stringify(denied) });
  if (!row) throw new Fault('not_found', `no tenant ${tenantId}`);
  return row;
}
