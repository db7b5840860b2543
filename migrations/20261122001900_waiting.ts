import type { Knex } from 'knex';

/** Why nothing happens for somebody though the account is not as desired: the queue of what humans must decide. */
export async function up(db: Knex): Promise<void> {
  await db.raw('alter table work_item add column waiting text');
  await db.raw(
    'create index work_item_waiting on work_item (tenant_id, waiting, subject_id) where waiting is not null',
  );
  await db.raw(`create index work_item_dead on work_item (tenant_id, subject_id) where state = 'dead'`);
}
