import type { Knex } from 'knex';
import { findTenant, listTenants, type SeenTenant } from '../directory/tenants.ts';
import { Fault } from '../errors.ts';
import type { Principal } from '../model/principal.ts';

/** The id of the tenant with this name or id, or of the only one; of those in which whoever asks has a role. */
export async function tenantFor(db: Knex, principal: Principal, named: string | undefined): Promise<string> {
  if (named) {
    const found = await findTenant(db, named);
    if (!found || !sees(principal, found)) throw new Fault('not_found', `no tenant "${named.slice(0, 100)}"`);
    return found;
  }
  const [only, ...others] = await visibleTenants(db, principal);
  if (!only) throw new Fault('not_found', 'there is no tenant yet; run `gangway tenant add NAME`');
  if (others.length)
    throw new Fault('not_found', 'there are several tenants: name one (--tenant NAME, or the header Gangway-Tenant)');
  return only.tenantId;
}

/** The tenants in which whoever asks has a role. */
export async function visibleTenants(db: Knex, principal: Principal): Promise<SeenTenant[]> {
  return (await listTenants(db)).filter(({ tenantId }) => sees(principal, tenantId));
}

function sees(principal: Principal, tenantId: string): boolean {
  return principal.kind === 'installation' || principal.roles.has(tenantId);
}
