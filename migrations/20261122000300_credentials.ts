import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';
import { tenantTable } from '../src/database/tenant-table.ts';

/** What a credential may do and when it was used last; OAuth clients that fetch short-lived ones; the rate limit. */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  // a client has a secret or public keys, never both: the weaker one would count
  await tenantTable(
    db,
    'oauth_clients',
    `tenant_id uuid not null,
     id uuid not null,
     connection_id uuid not null,
     secret_hash bytea,
     jwks jsonb,
     created_at timestamptz not null default now(),
     revoked_at timestamptz,
     primary key (tenant_id, id),
     foreign key (tenant_id, connection_id) references connections,
     check ((secret_hash is null) <> (jwks is null))`,
    options,
  );
  await db.raw('create index oauth_clients_connection on oauth_clients (tenant_id, connection_id)');

  // the jti of each assertion that was taken (RFC 7523 §3), until it would be too old anyway
  await tenantTable(
    db,
    'oauth_assertions',
    `tenant_id uuid not null,
     client_id uuid not null,
     jti_hash bytea not null,
     expires_at timestamptz not null,
     primary key (tenant_id, client_id, jti_hash)`,
    options,
  );
  await db.raw('create index oauth_assertions_expired on oauth_assertions (tenant_id, expires_at)');

  // client_id: an access token that this OAuth client fetched; null: a token that an operator made
  await db.raw(
    `alter table credentials
       add column scopes text[] not null default '{read,write}'
         check (scopes <@ array['read', 'write'] and cardinality(scopes) > 0),
       add column client_id uuid,
       add column last_used_at timestamptz,
       add foreign key (tenant_id, client_id) references oauth_clients`,
  );
  await db.raw('create index credentials_connection on credentials (tenant_id, connection_id) where client_id is null');
  await db.raw('create index credentials_expired on credentials (tenant_id, expires_at) where client_id is not null');

  // rate-limiter-flexible's own three columns in its own order; its upsert needs a key of one column, so there is no
  // room for tenant_id: hence a schema of its own (docs/decisions/0006). Unlogged: a crash may forget these seconds
  await db.raw('create schema ratelimit');
  await db.raw(
    `create unlogged table ratelimit.counters (
       key varchar(255) primary key,
       points integer not null default 0,
       expire bigint
     ) with (fillfactor = 50)`,
  );
}
