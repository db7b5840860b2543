import type { Knex } from 'knex';

/** Side effects as actions of their own: which ones are still to be done, and which were done while a suspension is held. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`alter table links add column pending_effects text[] not null default '{}'`);
  await db.raw(`alter table released_links add column pending_effects text[] not null default '{}'`);
  await db.raw(`alter table hold_items add column effects text[] not null default '{}'`);
  // the demo app's cards and sign-ins, for its side effects
  await db.raw(
    `alter table sandbox.accounts add column cards_frozen boolean not null default false,
       add column sessions int not null default 0 check (sessions >= 0)`,
  );
}
