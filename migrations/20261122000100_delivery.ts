import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Who must follow (targets), what must be looked at again (work_item), what was done (actions and all records). */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  await tenantTable(
    db,
    'targets',
    `tenant_id uuid not null references tenants,
     id uuid not null,
     name text not null,
     kind text not null,
     settings jsonb not null default '{}',
     secrets bytea,
     created_at timestamptz not null default now(),
     primary key (tenant_id, id)`,
    options,
  );
  await db.raw('create unique index targets_name on targets (tenant_id, name)');

  await tenantTable(
    db,
    'connection_targets',
    `tenant_id uuid not null,
     connection_id uuid not null,
     target_id uuid not null,
     primary key (tenant_id, connection_id, target_id),
     foreign key (tenant_id, connection_id) references connections,
     foreign key (tenant_id, target_id) references targets`,
    options,
  );

  // 'inviting' and 'suspending' are written before the target is called: whoever finds them knows what may have happened
  await tenantTable(
    db,
    'links',
    `tenant_id uuid not null,
     target_id uuid not null,
     person_id uuid not null,
     connection_id uuid not null,
     remote_id text,
     state text not null check (state in ('inviting', 'invited', 'active', 'suspending', 'suspended', 'erased')),
     origin text not null check (origin in ('invited', 'adopted')),
     applied jsonb not null default '{}',
     granted text[] not null default '{}',
     match_keys text[] not null default '{}',
     settled_at timestamptz,
     created_at timestamptz not null,
     primary key (tenant_id, target_id, person_id)`,
    { ...options, storage: 'fillfactor = 80' },
  );
  await db.raw(
    'create unique index links_account on links (tenant_id, target_id, remote_id) where remote_id is not null',
  );
  await db.raw('create index links_match on links using gin (match_keys)');

  // one row per subject, so marking coalesces; the lease IS next_at, so a dead worker's rows simply fall due again
  await tenantTable(
    db,
    'work_item',
    `tenant_id uuid not null,
     target_id uuid not null,
     kind text not null,
     subject_id uuid not null,
     lane smallint not null,
     wanted_rev bigint not null default 1,
     claimed_rev bigint,
     state text not null default 'ready' check (state in ('ready', 'idle', 'dead')),
     next_at timestamptz not null,
     attempts int not null default 0,
     lease_token uuid,
     last_error text,
     primary key (tenant_id, target_id, kind, subject_id)`,
    { ...options, storage: 'fillfactor = 70' },
  );
  await db.raw(`create index work_item_due on work_item (lane, next_at) where state = 'ready'`);

  await tenantTable(
    db,
    'actions',
    `tenant_id uuid not null,
     id uuid not null,
     target_id uuid not null,
     connection_id uuid not null,
     person_id uuid not null,
     kind text not null,
     state text not null check (state in ('started', 'done', 'failed', 'refused', 'superseded')),
     detail jsonb not null,
     fingerprint text not null,
     attempts int not null default 1,
     answer text,
     created_at timestamptz not null,
     finished_at timestamptz,
     primary key (tenant_id, id)`,
    { ...options, storage: 'fillfactor = 80' },
  );
  await db.raw('create index actions_person on actions (tenant_id, person_id, id)');
  await db.raw(
    `create unique index actions_open on actions (tenant_id, target_id, person_id, fingerprint)
       where state in ('started', 'failed', 'refused')`,
  );

  await tenantTable(
    db,
    'runs',
    `tenant_id uuid not null,
     id uuid not null,
     connection_id uuid not null,
     kind text not null check (kind in ('roster', 'reconcile', 'undo')),
     state text not null,
     counts jsonb not null default '{}',
     started_at timestamptz not null,
     finished_at timestamptz,
     primary key (tenant_id, id),
     foreign key (tenant_id, connection_id) references connections`,
    options,
  );
  await db.raw('create index runs_connection on runs (tenant_id, connection_id, id)');

  await tenantTable(
    db,
    'holds',
    `tenant_id uuid not null,
     id uuid not null,
     target_id uuid not null,
     connection_id uuid not null,
     state text not null check (state in ('held', 'released', 'discarded')),
     reason text not null,
     counts jsonb not null default '{}',
     created_at timestamptz not null,
     decided_at timestamptz,
     decided_by text,
     primary key (tenant_id, id),
     foreign key (tenant_id, target_id) references targets`,
    options,
  );
  await db.raw('create index holds_target on holds (tenant_id, target_id, state)');

  await tenantTable(
    db,
    'audit',
    `tenant_id uuid not null,
     id uuid not null,
     at timestamptz not null,
     actor text not null,
     action text not null,
     subject text not null,
     detail jsonb not null default '{}',
     primary key (tenant_id, id)`,
    options,
  );
}
