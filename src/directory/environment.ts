import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { Environment } from '../model/environment.ts';

const selectEnvironment = statement<{ name: string; environment: Environment }>(
  'tenants_environment',
  'select name, environment from tenants where tenant_id = :tenantId',
);

/** Refuses a live target to a test tenant with `live_target`. What a tenant is for never changes, so nothing is locked. */
export async function requireReachable(
  db: Knex,
  tenantId: string,
  target: { name: string; environment: Environment },
): Promise<void> {
  if (target.environment === 'test') return;
  const [tenant] = await selectEnvironment(db, { tenantId });
  if (tenant?.environment !== 'test') return;
  throw new Fault(
    'live_target',
    `tenant "${tenant.name}" is for tests, and target "${target.name}" is live: ` +
      'where the target is a test system as well, mark it as one (--environment test, or "environment": "test")',
  );
}
