import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Notices by e-mail: who gets which, what has happened, and what became of each mail; how long a target is down. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // list_id: a connection, or the tenant itself for all its connections. address_id is made of the address, so that the
  // same one on two lists is one
  await tenantTable(
    db,
    'notice_recipients',
    `tenant_id uuid not null references tenants,
     list_id uuid not null,
     address_id uuid not null,
     address text not null,
     language text not null check (language in ('en', 'de')),
     kinds text[] not null,
     primary key (tenant_id, list_id, address_id)`,
    options,
  );

  // subject: what makes a happening the same one, so that it is told once however often it is found out
  await tenantTable(
    db,
    'notices',
    `tenant_id uuid not null references tenants,
     id uuid not null,
     connection_id uuid,
     kind text not null,
     subject text not null,
     detail jsonb not null,
     created_at timestamptz not null,
     primary key (tenant_id, id)`,
    options,
  );
  await db.raw('create unique index notices_once on notices (tenant_id, kind, subject)');
  await db.raw('create index notices_connection on notices (tenant_id, connection_id, id)');

  // one notice for one address. 'sending' is written before a mail is handed over: whoever finds it knows that it may have
  // gone. mail_id: the mail that it is part of
  await tenantTable(
    db,
    'notice_mails',
    `tenant_id uuid not null,
     notice_id uuid not null,
     address_id uuid not null,
     address text not null,
     language text not null,
     kind text not null,
     state text not null default 'waiting'
       check (state in ('waiting', 'sending', 'sent', 'refused', 'dropped', 'given_up')),
     confirmed boolean not null default true,
     mail_id uuid,
     sends int not null default 0,
     failures int not null default 0,
     next_at timestamptz not null,
     sent_at timestamptz,
     answer text,
     primary key (tenant_id, notice_id, address_id),
     foreign key (tenant_id, notice_id) references notices on delete cascade`,
    { ...options, storage: 'fillfactor = 80' },
  );
  await db.raw(
    `create index notice_mails_open on notice_mails (tenant_id, address_id, notice_id) where state in ('waiting', 'sending')`,
  );
  await db.raw(
    'create index notice_mails_sent on notice_mails (tenant_id, address_id, sent_at) where sent_at is not null',
  );

  // ended_at: it has answered since; told_at: people were told that it is down, so they are told that it is back
  await tenantTable(
    db,
    'target_outages',
    `tenant_id uuid not null,
     target_id uuid not null,
     since timestamptz not null,
     last_at timestamptz not null,
     ended_at timestamptz,
     told_at timestamptz,
     primary key (tenant_id, target_id),
     foreign key (tenant_id, target_id) references targets on delete cascade`,
    options,
  );

  // roster_same_at: when the last file came once more, which leaves no run behind
  await db.raw(
    `alter table connections add column expected_hours int check (expected_hours > 0),
       add column expected_since timestamptz, add column roster_same_at timestamptz, add column notice_time_zone text`,
  );
  await db.raw('alter table tenants add column notice_time_zone text');
  await db.raw(
    `create index credentials_ending on credentials (tenant_id, expires_at)
       where client_id is null and revoked_at is null and expires_at is not null`,
  );
}
