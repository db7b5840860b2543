import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** The extension schemas that tenants declare for their people and groups. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  await tenantTable(
    db,
    'extension_schemas',
    `tenant_id uuid not null references tenants,
     urn text not null,
     resource_type text not null check (resource_type in ('User', 'Group')),
     definition jsonb not null,
     created_at timestamptz not null default now(),
     primary key (tenant_id, urn)`,
    options,
  );
}
