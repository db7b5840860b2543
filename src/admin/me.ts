import { Router } from 'express';
import type { Knex } from 'knex';
import { readConnection } from '../directory/connections.ts';
import { type Principal, RIGHTS } from '../model/principal.ts';
import { principalIn } from './authorise.ts';
import { visibleTenants } from './tenant.ts';

/** Who asks, and what they may do where. */
export function meRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    const principal = principalIn(res);
    const tenants = (await visibleTenants(db, principal)).map((tenant) => ({
      ...tenant,
      rights: principal.kind === 'installation' ? RIGHTS : (principal.roles.get(tenant.tenantId) ?? []),
    }));
    const name = principal.kind === 'installation' ? null : principal.name;
    res.json({ kind: principal.kind, name, tenants, connection: await connectionOf(db, principal) });
  });
  return router;
}

/** The connection that somebody who sends rosters sends them for. */
async function connectionOf(db: Knex, principal: Principal) {
  if (principal.kind !== 'technical' || principal.connectionId === null) return null;
  const [tenantId = ''] = principal.roles.keys();
  const { id, name } = await readConnection(db, tenantId, principal.connectionId);
  return { id, name };
}
