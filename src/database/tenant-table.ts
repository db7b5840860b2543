import type { Knex } from 'knex';
import type { MigrateOptions } from './migrate.ts';

const PARTITIONS = 4;

/**
 * Creates a table whose every key starts with tenant_id. When the schema is built partitioned it is split by hash of
 * tenant_id; PostgreSQL then refuses each primary key or unique index that forgot the tenant, just as Citus does.
 */
export async function tenantTable(
  db: Knex,
  name: string,
  columns: string,
  options: MigrateOptions & { storage?: string },
): Promise<void> {
  const storage = options.storage ? ` with (${options.storage})` : '';
  if (!options.partitioned) {
    await db.raw(`create table ${name} (${columns})${storage}`);
    return;
  }
  await db.raw(`create table ${name} (${columns}) partition by hash (tenant_id)`);
  for (let remainder = 0; remainder < PARTITIONS; remainder++) {
    await db.raw(
      `create table ${name}_p${remainder} partition of ${name}
         for values with (modulus ${PARTITIONS}, remainder ${remainder})${storage}`,
    );
  }
}
