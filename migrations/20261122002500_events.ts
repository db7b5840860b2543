import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** What happened, for programs outside: written with what it tells of, numbered later, sent by streams (docs/decisions/0015). */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // a row stays here until it is numbered. The clock is asked while the row that it tells of is locked, so that of two
  // changes of one thing the later one is later here, whenever its transaction began
  await tenantTable(
    db,
    'new_events',
    `tenant_id uuid not null,
     at timestamptz not null default clock_timestamp(),
     source_id uuid not null,
     revision int not null,
     type text not null,
     connection_id uuid,
     target_id uuid,
     person_id uuid,
     active boolean,
     detail jsonb not null default '{}',
     primary key (tenant_id, at, source_id, revision)`,
    options,
  );
  await tenantTable(
    db,
    'events',
    `tenant_id uuid not null,
     position bigint not null,
     id uuid not null,
     at timestamptz not null,
     source_id uuid not null,
     type text not null,
     connection_id uuid,
     target_id uuid,
     person_id uuid,
     active boolean,
     detail jsonb not null,
     primary key (tenant_id, position)`,
    options,
  );
  // position: the last one given out. floor: the last one that was deleted because of its age
  await tenantTable(
    db,
    'event_heads',
    `tenant_id uuid not null references tenants,
     position bigint not null default 0,
     floor bigint not null default 0,
     primary key (tenant_id)`,
    { ...options, storage: 'fillfactor = 50' },
  );
  // position: everything up to there has been received; acked: positions beyond it that were received out of turn.
  // former_until: how long what was valid before the last rotation is valid still. missed: how many were too old to be sent
  await tenantTable(
    db,
    'event_streams',
    `tenant_id uuid not null references tenants,
     id uuid not null,
     name text not null,
     kind text not null check (kind in ('webhook', 'set-push', 'set-poll')),
     url text,
     types text[] check (cardinality(types) > 0),
     audience text,
     secrets bytea not null,
     key_hash bytea,
     former_key_hash bytea,
     former_until timestamptz,
     state text not null default 'active' check (state in ('active', 'paused')),
     paused_why text,
     revision int not null default 1,
     position bigint not null,
     acked bigint[] not null default '{}',
     missed bigint not null default 0,
     failures int not null default 0,
     failing_since timestamptz,
     last_error text,
     last_at timestamptz,
     next_at timestamptz not null default now(),
     created_at timestamptz not null default now(),
     primary key (tenant_id, id),
     check ((kind = 'set-poll') = (url is null)),
     check ((kind = 'webhook') = (audience is null)),
     check ((kind = 'set-poll') = (key_hash is not null))`,
    { ...options, storage: 'fillfactor = 70' },
  );
  await db.raw('create unique index event_streams_name on event_streams (tenant_id, lower(name))');

  // what SETs are signed with, by the installation for all tenants; only one is not retired
  await db.raw(
    `create table access.signing_keys (
       kid text primary key,
       public_jwk jsonb not null,
       private_jwk bytea not null,
       created_at timestamptz not null default now(),
       retired_at timestamptz
     )`,
  );
  await db.raw('create unique index signing_keys_current on access.signing_keys ((1)) where retired_at is null');
}
