import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';

/*
 * The work of kind `reconcile`: one row for each connection and each of its targets, whose subject is the connection. It
 * is armed whenever a run may have become due; what the policy says of its time is for the worker who finds it.
 */

const FIRST_LOOK_SECONDS = 900;

/** The target of work that is about no target. */
export const NO_TARGET = '00000000-0000-0000-0000-000000000000';
const FIRST_WATCH_SECONDS = 300;

const ARMED = (connections: string, delay: string) => `
  insert into work_item (tenant_id, target_id, kind, subject_id, lane, next_at)
  select ct.tenant_id, ct.target_id, 'reconcile', ct.connection_id, 2, now() + make_interval(secs => ${delay})
    from connections c
    join connection_targets ct on ct.tenant_id = c.tenant_id and ct.connection_id = c.id
   where c.state = 'enabled' and ${connections}
   order by ct.tenant_id, ct.target_id, ct.connection_id`;

const armConnection = statement<never>(
  'work_arm',
  `${ARMED('c.tenant_id = :tenantId and c.id = :connectionId', ':delaySeconds::float8')}
   on conflict (tenant_id, target_id, kind, subject_id) do update set
     wanted_rev = work_item.wanted_rev + 1,
     attempts = case when work_item.lease_token is null then 0 else work_item.attempts end,
     next_at = case
       when work_item.lease_token is not null then work_item.next_at
       when work_item.state = 'ready' then least(work_item.next_at, excluded.next_at)
       else excluded.next_at end,
     state = 'ready'`,
);

// of all tenants, like claiming: a worker serves them all
const armAllMissing = statement<never>(
  'work_arm_missing',
  `${ARMED('true', ':delaySeconds::float8 * (1 + abs(hashtext(c.id::text)) % 100 / 100.0)')}
   on conflict (tenant_id, target_id, kind, subject_id) do update set
     state = 'ready', attempts = 0, next_at = excluded.next_at where work_item.state = 'dead'`,
);

/**
 * Lets a worker look whether a run of this connection is due: now where somebody asked for one, else a little later, when
 * what was just marked has been delivered. Nothing is armed while the connection is not enabled.
 */
export async function armReconcile(
  db: Knex,
  connection: { tenantId: string; connectionId: string },
  when: 'now' | 'soon',
): Promise<void> {
  await armConnection(db, { ...connection, delaySeconds: when === 'now' ? 0 : FIRST_LOOK_SECONDS });
}

/** Arms what has no row yet, as after an upgrade, or was given up: every enabled connection at each target, every tenant. */
export async function armMissing(db: Knex): Promise<void> {
  await armAllMissing(db, { delaySeconds: FIRST_LOOK_SECONDS });
  await armTenants(db, { delaySeconds: FIRST_WATCH_SECONDS });
}

// the work of kind `watch`: one row for each tenant, whose subject it is itself
const WATCH = (tenants: string) => `
  insert into work_item (tenant_id, target_id, kind, subject_id, lane, next_at)
  select t.tenant_id, '${NO_TARGET}', 'watch', t.tenant_id, 2, now() + make_interval(secs => :delaySeconds::float8)
    from tenants t where ${tenants} order by t.tenant_id
   on conflict (tenant_id, target_id, kind, subject_id) do update set
     state = 'ready', attempts = 0, next_at = excluded.next_at where work_item.state <> 'ready'`;

const armTenant = statement<never>('work_arm_watch', WATCH('t.tenant_id = :tenantId'));
const armTenants = statement<never>('work_arm_watches', WATCH('true'));

/** Lets a worker look, now and again, for what nobody does and somebody must be told of. */
export async function armWatch(db: Knex, tenantId: string): Promise<void> {
  await armTenant(db, { tenantId, delaySeconds: FIRST_WATCH_SECONDS });
}
