import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Invites of our own (e-mail, SMS, print), and what was chosen for an account when somebody invited by hand. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // cause: the action that made the account, so that one account is announced once. 'sending' is written before a message
  // is handed over: whoever finds it knows that it may have gone. edition: which code is valid; sends: messages so far.
  // next_at: when a reminder, or the second try after a bounce, is due
  await tenantTable(
    db,
    'invites',
    `tenant_id uuid not null,
     id uuid not null,
     target_id uuid not null,
     person_id uuid not null,
     connection_id uuid not null,
     cause text not null,
     channel text not null check (channel in ('email', 'sms', 'print')),
     state text not null check (state in
       ('queued', 'sending', 'sent', 'delivered', 'bounced', 'accepted', 'expired', 'revoked')),
     confirmed boolean not null default true,
     language text not null,
     code_hash bytea,
     edition int not null default 0,
     sends int not null default 0,
     failures int not null default 0,
     bounces int not null default 0,
     reminders int not null default 0,
     created_at timestamptz not null,
     sent_at timestamptz,
     next_at timestamptz,
     expires_at timestamptz,
     accepted_at timestamptz,
     last_answer text,
     location text,
     batch uuid,
     primary key (tenant_id, id)`,
    { ...options, storage: 'fillfactor = 80' },
  );
  await db.raw('create index invites_person on invites (tenant_id, target_id, person_id, id)');
  await db.raw(
    `create unique index invites_open on invites (tenant_id, target_id, person_id)
       where state in ('queued', 'sending', 'sent', 'delivered', 'bounced')`,
  );
  await db.raw('create unique index invites_code on invites (tenant_id, code_hash)');
  await db.raw("create index invites_print on invites (tenant_id, connection_id, id) where channel = 'print'");

  // entity and access, as chosen for this account: part of what it should be from then on
  await db.raw(`alter table links add column choice jsonb not null default '{}'`);
  await db.raw(`alter table released_links add column choice jsonb not null default '{}'`);
}
