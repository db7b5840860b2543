import type { Knex } from 'knex';

/** What an account was like before an action, and the run that an action belongs to: what undoing needs to know. */
export async function up(db: Knex): Promise<void> {
  await db.raw('alter table actions add column before jsonb, add column run_id uuid');
  // only the first action of each look carries `before`, so this is a small part of them
  await db.raw('create index actions_undo on actions (tenant_id, connection_id, created_at) where before is not null');
  await db.raw('create index actions_run on actions (tenant_id, run_id) where run_id is not null');
  await db.raw('alter table work_item add column run_id uuid');
  await db.raw('alter table decisions drop constraint decisions_kind_check');
  await db.raw(
    `alter table decisions add constraint decisions_kind_check check (kind in ('invite', 'adopt', 'restore'))`,
  );
}
