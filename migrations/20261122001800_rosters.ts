import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Rosters: the files, their rows while they are compared, what was not taken, and who came by which key. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // who is missing from a full roster; the person stays, since they may be in the next one again
  await db.raw('alter table people add column absent_at timestamptz');
  await db.raw('alter table connections add column roster_profile jsonb');
  await db.raw(
    `create unique index runs_roster_open on runs (tenant_id, connection_id)
       where kind = 'roster' and state in ('reading', 'compared', 'applying')`,
  );

  // alive_at: whoever works on the run says so again and again; when that ends, the run was cut off
  await tenantTable(
    db,
    'rosters',
    `tenant_id uuid not null,
     run_id uuid not null,
     connection_id uuid not null,
     file_name text,
     content_hash text,
     idempotency_key text,
     profile jsonb not null,
     shape jsonb,
     dry_run boolean not null,
     alive_at timestamptz not null,
     primary key (tenant_id, run_id),
     foreign key (tenant_id, run_id) references runs on delete cascade`,
    options,
  );
  await db.raw('create index rosters_connection on rosters (tenant_id, connection_id, run_id)');
  await db.raw(
    `create unique index rosters_idempotency on rosters (tenant_id, connection_id, idempotency_key)
       where idempotency_key is not null`,
  );

  // a row stays until it has been applied; the missing have lines below 0
  await tenantTable(
    db,
    'roster_rows',
    `tenant_id uuid not null,
     run_id uuid not null,
     line int not null,
     key text not null,
     content_hash text not null,
     user_name_key text,
     email_key text,
     manager text,
     manager_key text,
     position text,
     groups text[] not null default '{}',
     resource json,
     raw json,
     person_id uuid,
     verdict text check (verdict in ('new', 'changed', 'returned', 'missing')),
     tries int not null default 0,
     primary key (tenant_id, run_id, line),
     foreign key (tenant_id, run_id) references runs on delete cascade`,
    options,
  );
  await db.raw('create index roster_rows_key on roster_rows (tenant_id, run_id, key)');
  await db.raw(
    'create index roster_rows_email on roster_rows (tenant_id, run_id, email_key) where email_key is not null',
  );
  await db.raw(
    'create index roster_rows_position on roster_rows (tenant_id, run_id, position) where position is not null',
  );
  await db.raw(
    'create index roster_rows_verdict on roster_rows (tenant_id, run_id, tries, verdict, line) where verdict is not null',
  );

  await tenantTable(
    db,
    'roster_rejects',
    `tenant_id uuid not null,
     run_id uuid not null,
     line int not null,
     key text,
     raw json not null,
     rejects json not null,
     primary key (tenant_id, run_id, line),
     foreign key (tenant_id, run_id) references runs on delete cascade`,
    options,
  );
  await db.raw('create index roster_rejects_key on roster_rejects (tenant_id, run_id, key) where key is not null');

  // row_hash: what the row said that was applied last; an equal one costs nothing
  await tenantTable(
    db,
    'roster_people',
    `tenant_id uuid not null,
     connection_id uuid not null,
     key text not null,
     person_id uuid not null,
     row_hash text not null,
     primary key (tenant_id, connection_id, key),
     foreign key (tenant_id, person_id) references people on delete cascade`,
    options,
  );
  await db.raw('create unique index roster_people_person on roster_people (tenant_id, person_id)');
}
