import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Environment } from '../model/environment.ts';

export type Tenant = { tenantId: string; name: string; environment: Environment };

const insertTenant = statement<Tenant>(
  'tenants_create',
  `insert into tenants (tenant_id, name, environment) values (:tenantId, :name, :environment)
   returning tenant_id as "tenantId", name, environment`,
);

const selectTenants = statement<Tenant>(
  'tenants_list',
  `select tenant_id as "tenantId", name, environment from tenants order by tenant_id limit 1000`,
);

const selectNamed = statement<{ tenantId: string }>(
  'tenants_find',
  `select tenant_id as "tenantId" from tenants where name = :named or tenant_id::text = :named order by tenant_id limit 1`,
);

/** Makes a tenant and returns its id. */
export async function createTenant(db: Knex, name: string, environment: Environment = 'live'): Promise<string> {
  const tenantId = uuidv7();
  await insertTenant(db, { tenantId, name, environment });
  return tenantId;
}

/** The tenants of this installation, oldest first, a thousand at most. */
export async function listTenants(db: Knex): Promise<Tenant[]> {
  return selectTenants(db, {});
}

/** The id of the tenant with this name or id, or null. */
export async function findTenant(db: Knex, named: string): Promise<string | null> {
  const [row] = await selectNamed(db, { named });
  return row?.tenantId ?? null;
}
