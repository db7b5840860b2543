import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Rows of a file lie as they were read; only those that differ from the last roster are read as people. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  await db.raw(
    `update runs set state = 'failed', error = 'Gangway was upgraded meanwhile: upload the file again', finished_at = now(), lease = null
      where kind = 'roster' and state in ('reading', 'compared', 'applying', 'held')`,
  );
  await db.raw('drop table roster_rows');
  // a foreign key is looked up for each row, which takes as long as storing it; whoever ends a run deletes its rows
  await db.raw('alter table roster_people drop constraint roster_people_tenant_id_person_id_fkey');

  // one index alone, because COPY has to keep it; raw is JSON: the values, or pairs where a row has other columns
  await tenantTable(
    db,
    'roster_rows',
    `tenant_id uuid not null,
     run_id uuid not null,
     line int not null,
     key text not null,
     hash text not null,
     raw text not null,
     primary key (tenant_id, run_id, key, line)`,
    options,
  );

  // what a run has found, and has still to apply; the missing have lines below 0
  await tenantTable(
    db,
    'roster_changes',
    `tenant_id uuid not null,
     run_id uuid not null,
     line int not null,
     verdict text not null check (verdict in ('new', 'changed', 'returned', 'missing')),
     key text not null,
     hash text not null,
     person_id uuid,
     new_id uuid,
     user_name text,
     user_name_key text,
     external_id text,
     email_key text,
     display_name_key text,
     active boolean,
     document json,
     search jsonb,
     manager text,
     above text,
     manager_key text,
     position text,
     groups text[] not null default '{}',
     tries int not null default 0,
     primary key (tenant_id, run_id, line)`,
    options,
  );
  await db.raw('create index roster_changes_verdict on roster_changes (tenant_id, run_id, tries, verdict, line)');

  // what a restored or restarted PostgreSQL has not kept is seen by the count of rows, and uploaded again
  for (const table of ['roster_rows', 'roster_changes']) {
    for (const part of await partsOf(db, table)) await db.raw(`alter table ${part} set unlogged`);
  }
  // looked: the changes that somebody has looked at, and that alone may be released
  await db.raw(
    'alter table rosters add column staged int, add column hold boolean not null default false, add column looked text',
  );

  // roster_people: who is in the last roster. manager, above: names that were not a key by themselves, and so may come to
  // mean somebody else; manager_key is whom they meant
  await db.raw(
    'alter table roster_people add column manager text, add column above text, add column manager_key text, add column position text',
  );
  await db.raw(
    `create index roster_people_position on roster_people (tenant_id, connection_id, position) where position is not null`,
  );
  await db.raw(
    `delete from roster_people k using people p
      where p.tenant_id = k.tenant_id and p.id = k.person_id and (p.absent_at is not null or p.deleted_at is not null)`,
  );

  await db.raw('alter table runs drop constraint runs_kind_check');
  await db.raw(
    `alter table runs add constraint runs_kind_check check (kind in ('roster', 'reconcile', 'undo', 'positions'))`,
  );
  await tenantTable(
    db,
    'positions',
    `tenant_id uuid not null,
     connection_id uuid not null,
     id text not null,
     title text,
     parent text,
     org_unit text,
     primary key (tenant_id, connection_id, id),
     foreign key (tenant_id, connection_id) references connections`,
    options,
  );
}

/** The table itself, or its partitions. */
async function partsOf(db: Knex, table: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = ?::regclass`,
    [table],
  );
  return rows.length > 0 ? rows.map(({ name }) => name) : [table];
}
