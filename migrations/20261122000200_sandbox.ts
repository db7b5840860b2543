import type { Knex } from 'knex';

/**
 * The storage of the built-in sandbox app. A schema of its own: to Gangway it is a foreign app, so nothing here has a
 * tenant, and nothing outside src/sandbox/ reads it.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw('create schema sandbox');

  // ids are compared by bytes, so that paging by id is the same under every locale
  await db.raw(`
    create table sandbox.accounts (
      id text collate "C" primary key,
      email text not null,
      email_key text not null constraint accounts_email_taken unique,
      status text not null check (status in ('invited', 'active', 'suspended')),
      profile jsonb not null default '{}',
      invitation_key text constraint accounts_invitation_repeated unique,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      accepted_at timestamptz
    )`);
  await db.raw('create index accounts_newest on sandbox.accounts (created_at desc, id)');

  await db.raw(`
    create table sandbox.groups (
      id text collate "C" primary key,
      name text not null constraint groups_name_taken unique
    )`);
  await db.raw(`
    create table sandbox.group_members (
      account_id text collate "C" not null
        constraint group_members_account references sandbox.accounts on delete cascade,
      group_id text collate "C" not null
        constraint group_members_group references sandbox.groups on delete cascade,
      primary key (account_id, group_id)
    )`);
  await db.raw('create index group_members_of_group on sandbox.group_members (group_id)');

  // one row for each key, method and path; a call without a key is a row of its own, because nulls are distinct
  await db.raw(`
    create table sandbox.received (
      id text collate "C" primary key,
      idempotency_key text,
      method text not null,
      path text not null,
      status integer not null,
      repeats integer not null default 0,
      at timestamptz not null default now(),
      constraint received_repeated unique (idempotency_key, method, path)
    )`);
  await db.raw('create index received_newest on sandbox.received (at desc)');

  await db.raw(`
    create table sandbox.settings (
      only_row boolean primary key default true check (only_row),
      mode text not null default 'none',
      remaining integer check (remaining >= 0),
      latency_ms integer not null default 0,
      hits text not null default 'all' check (hits in ('all', 'reads', 'writes')),
      per_second integer,
      window_start timestamptz not null default now(),
      window_count integer not null default 0
    )`);
  await db.raw('insert into sandbox.settings default values');
}
