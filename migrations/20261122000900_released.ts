import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/**
 * Links that are ours no more: their connection was disconnected, or detached from the target. They lie apart from the
 * links, so that nothing that looks for a link finds one, and another connection may link the same account.
 */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  await tenantTable(
    db,
    'released_links',
    `tenant_id uuid not null,
     target_id uuid not null,
     person_id uuid not null,
     connection_id uuid not null,
     remote_id text,
     state text not null,
     origin text not null,
     applied jsonb not null,
     granted text[] not null,
     match_keys text[] not null,
     suspended_at timestamptz,
     created_at timestamptz not null,
     released_at timestamptz not null,
     primary key (tenant_id, target_id, person_id)`,
    options,
  );
  // also the mark by which reconnecting knows whom disconnecting took out of the directory
  await db.raw('alter table connections add column disconnected_at timestamptz');
}
