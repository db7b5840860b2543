import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Since when an account is suspended, what humans decided for single people, and a tenant's own defaults of the policy. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  await db.raw('alter table links add column suspended_at timestamptz');
  // nobody wrote it down: a full grace from today is the careful guess
  await db.raw(`update links set suspended_at = now() where state = 'suspended'`);

  // a row lives until its decision has been carried out; the audit keeps it for ever
  await tenantTable(
    db,
    'decisions',
    `tenant_id uuid not null,
     target_id uuid not null,
     person_id uuid not null,
     kind text not null check (kind in ('invite', 'adopt')),
     detail jsonb not null default '{}',
     actor text not null,
     at timestamptz not null,
     primary key (tenant_id, target_id, person_id, kind)`,
    options,
  );

  await db.raw(`alter table tenants add column policy jsonb not null default '{}'`);
}
