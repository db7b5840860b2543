import type { Knex } from 'knex';

/** Which revoked invites come again with their person: those that nobody withdrew, because the person had left. */
export async function up(db: Knex): Promise<void> {
  await db.raw('alter table invites add column renewable boolean not null default false');
}
