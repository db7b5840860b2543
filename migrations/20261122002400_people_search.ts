import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/**
 * What lists of people are read from, each in its own order, so that a page costs the same whatever the directory holds.
 * Search is by beginnings: trees of single keys cost a write a few microseconds, and a page reads as many entries as it
 * shows. An index of all parts (trigrams) costs a write many times that, and a common part finds half the directory.
 * COLLATE "C", because keys are compared in the process, too, and there they are bytes.
 */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  const alive = 'deleted_at is null';
  await db.raw(`create index people_by_user_name on people (tenant_id, user_name_key collate "C", id) where ${alive}`);
  await db.raw(
    `create index people_by_email on people (tenant_id, email_key collate "C", id)
       where ${alive} and email_key <> user_name_key`,
  );
  await db.raw(
    `create index people_by_display_name on people (tenant_id, display_name_key collate "C", id)
       where ${alive} and display_name_key is not null`,
  );
  await db.raw(
    `create index people_by_family_name on people (tenant_id, (search #>> '{name,familyName}') collate "C", id)
       where ${alive} and search #>> '{name,familyName}' is not null`,
  );
  await db.raw(
    `create index people_by_external_id on people (tenant_id, lower(external_id) collate "C", id)
       where ${alive} and external_id is not null`,
  );
  await db.raw(`create index people_by_change on people (tenant_id, modified_at, id) where ${alive}`);
  await db.raw(
    `create index people_gone on people (tenant_id, id)
       where deleted_at is not null or absent_at is not null or not active`,
  );
  await db.raw(`create index links_unusual on links (tenant_id, state, person_id) where state <> 'active'`);
  await db.raw(`create index hold_items_held on hold_items (tenant_id, person_id) where state = 'held'`);
  await db.raw('create index hold_items_of on hold_items (tenant_id, person_id, created_at)');
  await db.raw('create index audit_subject on audit (tenant_id, subject, id)');
  await db.raw('create index audit_action on audit (tenant_id, action, id)');
  await db.raw('create index audit_actor on audit (tenant_id, actor, id)');
  await db.raw('create index groups_by_name on groups (tenant_id, display_name_key collate "C", id)');

  // what was answered to a request that made something, for the same request once more. The answer is sealed: it may hold a
  // token that is shown once
  await tenantTable(
    db,
    'idempotency_keys',
    `tenant_id uuid not null,
     principal text not null,
     route text not null,
     key text not null,
     body_hash bytea not null,
     status int,
     answer bytea,
     created_at timestamptz not null,
     primary key (tenant_id, principal, route, key)`,
    options,
  );
  await db.raw('create index idempotency_keys_age on idempotency_keys (tenant_id, created_at)');

  // what happened in an hour that is over, counted once; buckets are the delivery times by size, so that those of a day
  // can be put together
  await tenantTable(
    db,
    'delivery_hours',
    `tenant_id uuid not null,
     hour timestamptz not null,
     joiners int not null,
     movers int not null,
     leavers int not null,
     failed int not null,
     buckets int[] not null,
     primary key (tenant_id, hour)`,
    options,
  );
}
