import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Looking at all accounts of a target: what was seen, how it was when it was settled, and what others have changed. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // shown: fingerprint of the account as it was settled; listed: as the last run found it, where that was another;
  // edited: attributes that others changed at the target and that wait for a human
  await db.raw(
    `alter table links add column shown text, add column listed text, add column edited text[] not null default '{}'`,
  );
  await db.raw(`create index links_edited on links (tenant_id, person_id) where edited <> '{}'`);

  // lease: the work of which worker; whoever takes a run over writes its own, and the former one can store nothing more
  await db.raw(
    `alter table runs
       add column target_id uuid,
       add column asked_by text not null default 'schedule',
       add column forced boolean not null default false,
       add column lease uuid,
       add column error text`,
  );
  await db.raw('create index runs_target on runs (tenant_id, connection_id, target_id, id)');
  await db.raw(
    `create unique index runs_open on runs (tenant_id, connection_id, target_id, state)
       where kind = 'reconcile' and state in ('asked', 'running')`,
  );

  // the accounts that a run has read so far: no names, only what tells whether one has changed
  await tenantTable(
    db,
    'seen_accounts',
    `tenant_id uuid not null,
     run_id uuid not null,
     remote_id text not null,
     status text not null,
     fingerprint text not null,
     primary key (tenant_id, run_id, remote_id),
     foreign key (tenant_id, run_id) references runs on delete cascade`,
    options,
  );

  // memberships that an operator gave here; the source knows nothing of them, so nothing that it sends removes one
  await tenantTable(
    db,
    'manual_memberships',
    `tenant_id uuid not null,
     target_id uuid not null,
     person_id uuid not null,
     group_name text not null,
     actor text not null,
     created_at timestamptz not null,
     primary key (tenant_id, target_id, person_id, group_name),
     foreign key (tenant_id, target_id) references targets on delete cascade,
     foreign key (tenant_id, person_id) references people`,
    options,
  );
}
