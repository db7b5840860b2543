import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';

/** The key that a target's badges are signed with, by its edition, and technical users that are for one target. */
export async function up(db: Knex, _options: MigrateOptions = {}): Promise<void> {
  await db.raw('alter table targets add column badge_edition int not null default 0');
  // target_id: the only target that the right 'badges' is for; one that was removed is not found, so nothing refers to it
  await db.raw(
    `alter table technical_users
       add column target_id uuid,
       drop constraint technical_users_rights_check,
       add constraint technical_users_rights_check
         check (rights <@ array['people', 'integrations', 'audit', 'rosters', 'badges'] and cardinality(rights) > 0),
       add constraint technical_users_target
         check (('badges' = any(rights)) = (target_id is not null) and (target_id is null or rights = array['badges']))`,
  );
}
