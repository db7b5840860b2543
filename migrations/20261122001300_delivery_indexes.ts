import type { Knex } from 'knex';

/**
 * Every joiner is looked for among the keys of former people. A GIN index keeps new entries in a list at first, which each
 * search reads from end to end; in a wave of joiners that list is never short.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw('drop index links_match');
  await db.raw('create index links_match on links using gin (match_keys) with (fastupdate = off)');
}
