import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';

/** Who writes into the audit without being an operator of that name. */
const RESERVED = new Set(['operator', 'gangway', 'guard', 'invitee', 'system']);

const selectTaken = statement<{ name: string }>(
  'names_taken',
  `select o.name from operator_roles r join access.operators o on o.id = r.operator_id
    where r.tenant_id = any(:tenantIds::uuid[]) and lower(o.name) = lower(:name)
   union all
   select name from technical_users
    where tenant_id = any(:tenantIds::uuid[]) and lower(name) = lower(:name) and revoked_at is null
   limit 1`,
);

/** Names stand in the audit and tell one from another: throws `already_exists` for one that is in use in a tenant. */
export async function demandFreeName(trx: Knex, tenantIds: readonly string[], name: string): Promise<void> {
  const taken = RESERVED.has(name.toLowerCase()) || (await selectTaken(trx, { tenantIds, name })).length > 0;
  if (taken) throw new Fault('already_exists', `the name "${name}" is in use already, or is one of Gangway's own`);
}
