import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/**
 * The last SCIM requests of a connection, for whoever helps its admin: without secrets, cut, and kept for some days. No
 * foreign keys: many are written in one statement, and one of a connection that is gone must not keep the others out.
 */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  await tenantTable(
    db,
    'scim_requests',
    `tenant_id uuid not null,
     id uuid not null,
     connection_id uuid not null,
     at timestamptz not null,
     method text not null,
     path text not null,
     status int not null,
     milliseconds real not null,
     token_prefix text not null,
     user_agent text,
     request text,
     answer text,
     quirks text[] not null,
     primary key (tenant_id, id)`,
    options,
  );
  await db.raw('create index scim_requests_connection on scim_requests (tenant_id, connection_id, id)');
  // until then requests that succeed are kept as well
  await db.raw('alter table connections add column log_requests_until timestamptz');
}
