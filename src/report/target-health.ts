import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';

export type TargetHealth = {
  id: string;
  name: string;
  environment: 'live' | 'test';
  /** Since when it does not answer; null while it does. */
  downSince: Date | null;
};

const selectHealth = statement<TargetHealth>(
  'targets_health',
  `select t.id, t.name, t.environment, o.since as "downSince"
     from targets t left join target_outages o
       on o.tenant_id = t.tenant_id and o.target_id = t.id and o.ended_at is null
    where t.tenant_id = :tenantId order by t.name`,
);

/** Each target of a tenant, and whether it answers. */
export async function targetHealth(db: Knex, tenantId: string): Promise<TargetHealth[]> {
  return selectHealth(db, { tenantId });
}
