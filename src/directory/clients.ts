import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Client, ClientItem, PublicKeys } from '../model/client.ts';
import type { Connection } from '../model/connection.ts';
import type { Access } from '../model/token.ts';
import { CONNECTION_COLUMNS, type ConnectionRow, connectionOf } from './connections.ts';
import { issueToken } from './credentials.ts';
import { clientOf, clientText, hashOf, newSecret } from './token-text.ts';

const insertClient = statement<{ id: string }>(
  'oauth_clients_create',
  `insert into oauth_clients (tenant_id, id, connection_id, secret_hash, jwks)
   values (:tenantId, :id, :connectionId, :hash, :jwks) returning id`,
);

const selectClient = statement<ConnectionRow & { secretHash: Buffer | null; keys: PublicKeys | null }>(
  'oauth_clients_find',
  `select o.secret_hash as "secretHash", o.jwks as keys, ${CONNECTION_COLUMNS}
     from oauth_clients o join connections c on c.tenant_id = o.tenant_id and c.id = o.connection_id
    where o.tenant_id = :tenantId and o.id = :id and o.revoked_at is null`,
);

const selectClients = statement<Omit<ClientItem, 'clientId'>>(
  'oauth_clients_list',
  `select id, created_at as "createdAt",
          case when jwks is null then 'client_secret' else 'private_key_jwt' end as authentication,
          (select max(k.last_used_at) from credentials k
            where k.tenant_id = oauth_clients.tenant_id and k.client_id = oauth_clients.id) as "lastUsedAt"
     from oauth_clients
    where tenant_id = :tenantId and connection_id = :connectionId and revoked_at is null order by id`,
);

const revokeOne = statement<{ id: string }>(
  'oauth_clients_revoke',
  `update oauth_clients set revoked_at = now()
    where tenant_id = :tenantId and id = :id and revoked_at is null returning id`,
);

const revokeTokens = statement<{ id: string }>(
  'oauth_clients_revoke_tokens',
  `update credentials set revoked_at = now()
    where tenant_id = :tenantId and client_id = :id and revoked_at is null returning id`,
);

// against a revocation at the same moment: either it waits and then finds the new token, or the client is gone here
const lockClient = statement<{ id: string }>(
  'oauth_clients_lock',
  `select id from oauth_clients where tenant_id = :tenantId and id = :id and revoked_at is null for share`,
);

const insertAssertion = statement<{ fresh: boolean }>(
  'oauth_assertions_add',
  `insert into oauth_assertions (tenant_id, client_id, jti_hash, expires_at)
   values (:tenantId, :clientId, :hash, :expiresAt)
   on conflict do nothing returning true as fresh`,
);

const sweepTokens = statement<{ id: string }>(
  'credentials_sweep',
  `delete from credentials
    where tenant_id = :tenantId and client_id is not null
      and id in (select id from credentials
                  where tenant_id = :tenantId and client_id is not null and expires_at < now()
                  order by expires_at limit :most for update skip locked)
   returning id`,
);

const sweepAssertions = statement<{ clientId: string }>(
  'oauth_assertions_sweep',
  `delete from oauth_assertions
    where tenant_id = :tenantId
      and (client_id, jti_hash) in (select client_id, jti_hash from oauth_assertions
                                     where tenant_id = :tenantId and expires_at < now()
                                     order by expires_at limit :most for update skip locked)
   returning client_id as "clientId"`,
);

/** What is cleared away for each token that is made: more than it leaves, so that the tables do not grow. */
const SWEPT_AT_ONCE = 20;

/** Makes a client of a connection: with public keys, or else with a secret, which is returned once and kept as a hash. */
export async function createClient(
  db: Knex,
  { tenantId, id: connectionId }: Connection,
  keys: PublicKeys | null,
): Promise<{ id: string; clientId: string; clientSecret: string | null }> {
  const id = uuidv7();
  const clientSecret = keys ? null : `gs_${newSecret()}`;
  const hash = clientSecret === null ? null : hashOf(clientSecret);
  await insertClient(db, { tenantId, id, connectionId, hash, jwks: keys && JSON.stringify(keys) });
  return { id, clientId: clientText(tenantId, id), clientSecret };
}

/** The live client with this client_id, or null. */
export async function findClient(db: Knex, clientId: string): Promise<Client | null> {
  const named = clientOf(clientId);
  const [row] = named ? await selectClient(db, named) : [];
  if (!named || !row) return null;
  const { secretHash, keys } = row;
  return { id: named.id, clientId, connection: connectionOf(row), secretHash, keys };
}

/** The clients of a connection that are not revoked, the oldest first. */
export async function listClients(db: Knex, { tenantId, id }: Connection): Promise<ClientItem[]> {
  const rows = await selectClients(db, { tenantId, connectionId: id });
  return rows.map((row) => ({ ...row, clientId: clientText(tenantId, row.id) }));
}

/** Ends a client and every token it has fetched; false when there is no such live client. Call in a transaction. */
export async function revokeClient(trx: Knex, tenantId: string, id: string): Promise<boolean> {
  if ((await revokeOne(trx, { tenantId, id })).length === 0) return false;
  await revokeTokens(trx, { tenantId, id });
  return true;
}

/** Remembers that an assertion was taken; false when it had been before, at this instance or another one. */
export async function takeAssertion(db: Knex, client: Client, jti: string, expiresAt: Date): Promise<boolean> {
  const { tenantId } = client.connection;
  const hash = hashOf(jti);
  return (await insertAssertion(db, { tenantId, clientId: client.id, hash, expiresAt })).length === 1;
}

/** Makes an access token for a client; null when the client was revoked meanwhile. Call in a transaction. */
export async function issueAccessToken(
  trx: Knex,
  { id: clientId, connection }: Client,
  scopes: readonly Access[],
  expiresAt: Date,
): Promise<string | null> {
  const [live] = await lockClient(trx, { tenantId: connection.tenantId, id: clientId });
  return live ? (await issueToken(trx, connection, { scopes, expiresAt, clientId })).token : null;
}

/** Clears away some of a tenant's access tokens and assertions that are over. */
export async function sweepExpired(db: Knex, tenantId: string): Promise<void> {
  await sweepTokens(db, { tenantId, most: SWEPT_AT_ONCE });
  await sweepAssertions(db, { tenantId, most: SWEPT_AT_ONCE });
}
