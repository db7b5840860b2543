import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** How a connection's people become accounts, and what the reports of a manager were last looked at with. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // mapping_id is another with each change, so that a compiled mapping is found by it; null while there is none
  await db.raw(`alter table connections add column mapping jsonb not null default '{}', add column mapping_id uuid`);

  // facts: a digest of the name, e-mail and account that others see of a person as their manager
  await tenantTable(
    db,
    'manager_facts',
    `tenant_id uuid not null,
     target_id uuid not null,
     person_id uuid not null,
     facts text not null,
     primary key (tenant_id, target_id, person_id)`,
    options,
  );
}
