import type { Knex } from 'knex';

/** Whether a target is a system that people work with or one to try things on; tenants say so already. */
export async function up(db: Knex): Promise<void> {
  await db.raw(
    `alter table targets add column environment text not null default 'live' check (environment in ('live', 'test'))`,
  );
}
