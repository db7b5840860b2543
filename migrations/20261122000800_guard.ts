import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** What the guard counts (guard_counts, guard_losses), and the people of a hold (hold_items). */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // the row that the guard locks; the number of accounts is counted again when it is old
  await db.raw('alter table connection_targets add column guard_active int, add column guard_counted_at timestamptz');

  // people who lost access, in slices of some minutes: a window is a few hundred rows however many people it has
  await tenantTable(
    db,
    'guard_counts',
    `tenant_id uuid not null,
     target_id uuid not null,
     connection_id uuid not null,
     counter text not null check (counter in ('access', 'email')),
     slice timestamptz not null,
     people int not null,
     primary key (tenant_id, target_id, connection_id, counter, slice)`,
    { ...options, storage: 'fillfactor = 50' },
  );

  // the last time somebody was counted; under_way until the loss was seen through, so that a repeat is not judged again
  await tenantTable(
    db,
    'guard_losses',
    `tenant_id uuid not null,
     target_id uuid not null,
     person_id uuid not null,
     counter text not null check (counter in ('access', 'email')),
     counted_at timestamptz not null,
     under_way boolean not null default true,
     primary key (tenant_id, target_id, person_id, counter)`,
    options,
  );

  await db.raw('alter table holds drop constraint holds_state_check');
  await db.raw(
    `alter table holds add constraint holds_state_check check (state in ('held', 'released', 'discarded', 'lapsed'))`,
  );
  await db.raw(`create unique index holds_open on holds (tenant_id, target_id, connection_id) where state = 'held'`);

  // losses: which ones a release lets through; said: what the source said when they were held
  await tenantTable(
    db,
    'hold_items',
    `tenant_id uuid not null,
     hold_id uuid not null,
     target_id uuid not null,
     person_id uuid not null,
     state text not null check (state in ('held', 'released', 'discarded', 'done', 'left')),
     losses text[] not null,
     said text not null,
     created_at timestamptz not null,
     approved_by text,
     decided_by text,
     decided_at timestamptz,
     primary key (tenant_id, hold_id, person_id),
     foreign key (tenant_id, hold_id) references holds`,
    options,
  );
  await db.raw(
    `create unique index hold_items_person on hold_items (tenant_id, target_id, person_id)
       where state in ('held', 'released', 'discarded')`,
  );
}
