import type { Knex } from 'knex';
import { findTenant, listTenants } from '../directory/tenants.ts';
import { Fault } from '../errors.ts';

/** The id of the tenant with this name or id; without one, of the only tenant there is. */
export async function onlyTenant(db: Knex, named: string | undefined): Promise<string> {
  if (named) {
    const found = await findTenant(db, named);
    if (!found) throw new Fault('not_found', `no tenant "${named.slice(0, 100)}"`);
    return found;
  }
  const tenants = await listTenants(db);
  const [only, ...others] = tenants;
  if (!only) throw new Fault('not_found', 'there is no tenant yet; run `gangway tenant add NAME`');
  if (others.length)
    throw new Fault('not_found', 'there are several tenants: name one (--tenant NAME, or the header Gangway-Tenant)');
  return only.tenantId;
}
