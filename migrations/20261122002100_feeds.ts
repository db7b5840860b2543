import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Where a connection fetches its roster from, and when. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // revision: a fetch that began before the feed was changed says nothing of the feed as it is now.
  // next_at: when a fetch is due; the work item only says when to look. asked_at: somebody wants one now.
  // seen: by what the source can tell that nothing has changed since the run last_run_id
  await tenantTable(
    db,
    'feeds',
    `tenant_id uuid not null,
     connection_id uuid not null,
     kind text not null check (kind in ('https', 'sftp', 'scim', 'google')),
     settings jsonb not null,
     secrets bytea not null,
     cron text not null,
     time_zone text not null,
     expectations jsonb not null,
     revision int not null default 1,
     next_at timestamptz not null,
     asked_at timestamptz,
     seen jsonb,
     failures int not null default 0,
     last_at timestamptz,
     last_result text check (last_result in ('done', 'unchanged', 'held', 'failed')),
     last_words text,
     last_run_id uuid,
     primary key (tenant_id, connection_id),
     foreign key (tenant_id, connection_id) references connections`,
    options,
  );
}
