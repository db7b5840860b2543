import type { Knex } from 'knex';

/** What a tenant lacks of what the installation can do, each with its reason; nothing, unless somebody says so. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`alter table tenants add column denied jsonb not null default '{}'`);
}
