import type { Knex } from 'knex';

/** Whether pages of the help did help, and what people said of them: of the installation, without names or tenants. */
export async function up(db: Knex): Promise<void> {
  await db.raw(
    `create table access.help_feedback (
       page text not null,
       helpful boolean not null,
       count bigint not null,
       primary key (page, helpful)
     )`,
  );
  await db.raw(
    `create table access.help_comments (
       id bigint generated always as identity primary key,
       page text not null,
       comment text not null check (length(comment) <= 2000),
       at timestamptz not null default now()
     )`,
  );
}
