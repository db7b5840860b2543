import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Changes that were looked at before they are made: what they would do, who approved, what became of them. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // hash: of everything that the change would do, so that applying can tell whether the world has moved
  await tenantTable(
    db,
    'plans',
    `tenant_id uuid not null,
     id uuid not null,
     kind text not null,
     change jsonb not null,
     hash text not null,
     counts jsonb not null,
     items jsonb not null,
     reasons text[] not null default '{}',
     state text not null check (state in ('open', 'approved', 'applied', 'discarded')),
     created_by text not null,
     created_at timestamptz not null,
     expires_at timestamptz not null,
     approved_by text,
     decided_by text,
     decided_at timestamptz,
     primary key (tenant_id, id)`,
    options,
  );
}
