import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Who talks to us (tenants, connections, credentials) and what they said (people, groups, memberships). */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  await tenantTable(
    db,
    'tenants',
    `tenant_id uuid primary key,
     name text not null,
     environment text not null default 'live' check (environment in ('live', 'test')),
     created_at timestamptz not null default now()`,
    options,
  );

  await tenantTable(
    db,
    'connections',
    `tenant_id uuid not null references tenants,
     id uuid not null,
     name text not null,
     profile text not null default 'generic' check (profile in ('rfc', 'okta', 'entra', 'generic')),
     state text not null default 'draft' check (state in ('draft', 'connected', 'enabled', 'paused', 'disconnected')),
     policy jsonb not null default '{}',
     created_at timestamptz not null default now(),
     primary key (tenant_id, id)`,
    options,
  );
  await db.raw('create unique index connections_name on connections (tenant_id, name)');

  // token_hash is SHA-256 of 256 random bits: nothing to guess, so no slow hash is needed
  await tenantTable(
    db,
    'credentials',
    `tenant_id uuid not null,
     id uuid not null,
     connection_id uuid not null,
     token_hash bytea not null,
     prefix text not null,
     created_at timestamptz not null default now(),
     expires_at timestamptz,
     revoked_at timestamptz,
     primary key (tenant_id, id),
     foreign key (tenant_id, connection_id) references connections`,
    options,
  );
  await db.raw('create unique index credentials_token on credentials (tenant_id, token_hash)');

  // document is the text that SCIM answers are made of, kept byte for byte (json, not jsonb); search is the same
  // resource with strings folded where the schema ignores case, for filters that no column serves
  await tenantTable(
    db,
    'people',
    `tenant_id uuid not null,
     connection_id uuid not null,
     id uuid not null,
     version int not null default 1,
     user_name text not null,
     user_name_key text not null,
     external_id text,
     email_key text,
     display_name_key text,
     active boolean not null,
     document json not null,
     search jsonb not null,
     created_at timestamptz not null,
     modified_at timestamptz not null,
     deleted_at timestamptz,
     primary key (tenant_id, id),
     foreign key (tenant_id, connection_id) references connections`,
    { ...options, storage: 'fillfactor = 85' },
  );
  await db.raw(
    `create unique index people_user_name on people (tenant_id, connection_id, user_name_key) where deleted_at is null`,
  );
  await db.raw(
    `create index people_external_id on people (tenant_id, connection_id, external_id) where deleted_at is null`,
  );
  await db.raw(`create index people_email on people (tenant_id, connection_id, email_key) where deleted_at is null`);
  await db.raw(`create index people_page on people (tenant_id, connection_id, id) where deleted_at is null`);
  await db.raw(`create index people_search on people using gin (search jsonb_path_ops) where deleted_at is null`);

  await tenantTable(
    db,
    'groups',
    `tenant_id uuid not null,
     connection_id uuid not null,
     id uuid not null,
     version int not null default 1,
     display_name text not null,
     display_name_key text not null,
     external_id text,
     document json not null,
     search jsonb not null,
     created_at timestamptz not null,
     modified_at timestamptz not null,
     primary key (tenant_id, id),
     foreign key (tenant_id, connection_id) references connections`,
    options,
  );
  await db.raw('create index groups_display_name on groups (tenant_id, connection_id, display_name_key)');
  await db.raw('create index groups_external_id on groups (tenant_id, connection_id, external_id)');
  await db.raw('create index groups_page on groups (tenant_id, connection_id, id)');
  await db.raw('create index groups_search on groups using gin (search jsonb_path_ops)');

  // member_id is a person or a group (nested groups), so it refers to neither by a foreign key
  await tenantTable(
    db,
    'memberships',
    `tenant_id uuid not null,
     group_id uuid not null,
     member_id uuid not null,
     connection_id uuid not null,
     member_type text not null check (member_type in ('User', 'Group')),
     owner text not null default 'source' check (owner in ('source', 'manual')),
     primary key (tenant_id, group_id, member_id),
     foreign key (tenant_id, group_id) references groups on delete cascade`,
    options,
  );
  await db.raw('create index memberships_member on memberships (tenant_id, member_id)');
  await db.raw(`create index memberships_nested on memberships (tenant_id, connection_id) where member_type = 'Group'`);
}
