import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** Who steers Gangway: operators with their roles and sessions, technical users with their keys. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // an operator may have roles in several tenants, so this table and the sessions belong to none of them
  await db.raw('create schema access');
  await db.raw(
    `create table access.operators (
       id uuid primary key,
       name text not null,
       email text,
       language text not null default 'en' check (language in ('en', 'de')),
       password text,
       totp bytea,
       totp_step bigint not null default 0,
       recovery_codes bytea[] not null default '{}',
       link_hash bytea,
       link_expires_at timestamptz,
       issuer text,
       subject text,
       created_at timestamptz not null default now(),
       check ((issuer is null) = (subject is null)),
       check (issuer is null or password is null)
     )`,
  );
  await db.raw('create unique index operators_name on access.operators (lower(name))');
  await db.raw('create unique index operators_subject on access.operators (issuer, subject) where issuer is not null');
  await db.raw('create unique index operators_link on access.operators (link_hash) where link_hash is not null');

  // the three columns that connect-pg-simple reads and writes
  await db.raw(
    'create table access.sessions (sid varchar primary key, sess json not null, expire timestamp(6) not null)',
  );
  await db.raw('create index sessions_expire on access.sessions (expire)');
  await db.raw(`create index sessions_operator on access.sessions ((sess->>'operatorId'))`);

  await tenantTable(
    db,
    'operator_roles',
    `tenant_id uuid not null references tenants,
     operator_id uuid not null,
     rights text[] not null
       check (rights <@ array['people', 'integrations', 'audit', 'owner'] and cardinality(rights) > 0),
     created_at timestamptz not null default now(),
     primary key (tenant_id, operator_id)`,
    options,
  );
  await db.raw('create index operator_roles_operator on operator_roles (operator_id)');

  // connection_id: the only connection that the right 'rosters' is for
  await tenantTable(
    db,
    'technical_users',
    `tenant_id uuid not null references tenants,
     id uuid not null,
     name text not null,
     email text,
     rights text[] not null
       check (rights <@ array['people', 'integrations', 'audit', 'rosters'] and cardinality(rights) > 0),
     connection_id uuid,
     created_at timestamptz not null default now(),
     revoked_at timestamptz,
     primary key (tenant_id, id),
     foreign key (tenant_id, connection_id) references connections,
     check (('rosters' = any(rights)) = (connection_id is not null)),
     check (connection_id is null or rights = array['rosters'])`,
    options,
  );
  await db.raw(
    'create unique index technical_users_name on technical_users (tenant_id, lower(name)) where revoked_at is null',
  );

  await tenantTable(
    db,
    'api_keys',
    `tenant_id uuid not null,
     id uuid not null,
     technical_user_id uuid not null,
     key_hash bytea not null,
     prefix text not null,
     created_at timestamptz not null default now(),
     expires_at timestamptz,
     last_used_at timestamptz,
     revoked_at timestamptz,
     primary key (tenant_id, id),
     foreign key (tenant_id, technical_user_id) references technical_users`,
    options,
  );
  await db.raw('create unique index api_keys_hash on api_keys (tenant_id, key_hash)');
  await db.raw('create index api_keys_user on api_keys (tenant_id, technical_user_id) where revoked_at is null');
}
