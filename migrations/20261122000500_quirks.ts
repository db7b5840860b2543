import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** How many requests of a connection deviated from the RFC, and in what way; the names are those of src/model/quirk.ts. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  await tenantTable(
    db,
    'connection_quirks',
    `tenant_id uuid not null,
     connection_id uuid not null,
     quirk text not null,
     count bigint not null,
     first_seen timestamptz not null,
     last_seen timestamptz not null,
     primary key (tenant_id, connection_id, quirk),
     foreign key (tenant_id, connection_id) references connections`,
    options,
  );
}
