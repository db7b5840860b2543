import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { PolicyDocument } from '../model/policy-layers.ts';
import { markConnection } from '../work/mark.ts';

type Documents = { tenant: PolicyDocument; connection: PolicyDocument };

const selectDocuments = statement<Documents>(
  'policies_read',
  `select t.policy as tenant, c.policy as connection
     from connections c join tenants t on t.tenant_id = c.tenant_id
    where c.tenant_id = :tenantId and c.id = :id`,
);

const updateConnection = statement<{ id: string }>(
  'policies_connection',
  `update connections set policy = :policy where tenant_id = :tenantId and id = :id returning id`,
);

const selectTenant = statement<{ policy: PolicyDocument }>(
  'policies_tenant_read',
  `select policy from tenants where tenant_id = :tenantId`,
);

const updateTenant = statement<never>(
  'policies_tenant',
  `update tenants set policy = :policy where tenant_id = :tenantId`,
);

const selectConnections = statement<{ id: string }>(
  'policies_connections',
  `select id from connections where tenant_id = :tenantId order by id`,
);

/** What a connection and its tenant have set; throws `not_found`. */
export async function readPolicies(db: Knex, tenantId: string, id: string): Promise<Documents> {
  const [row] = await selectDocuments(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  return row;
}

/** Replaces what a connection sets, and marks its people. Call in a transaction; throws `not_found`. */
export async function saveConnectionPolicy(
  trx: Knex,
  tenantId: string,
  id: string,
  policy: PolicyDocument,
): Promise<void> {
  const [row] = await updateConnection(trx, { tenantId, id, policy: JSON.stringify(policy) });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  await markConnection(trx, { tenantId, id });
}

/** What a tenant has set for all its connections. */
export async function readTenantPolicy(db: Knex, tenantId: string): Promise<PolicyDocument> {
  const [row] = await selectTenant(db, { tenantId });
  return row?.policy ?? {};
}

/** Replaces what a tenant sets, and marks the people of all its connections. Call in a transaction. */
export async function saveTenantPolicy(trx: Knex, tenantId: string, policy: PolicyDocument): Promise<void> {
  await updateTenant(trx, { tenantId, policy: JSON.stringify(policy) });
  for (const { id } of await selectConnections(trx, { tenantId })) await markConnection(trx, { tenantId, id });
}
