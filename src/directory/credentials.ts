import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { isUuid, uuidv7 } from '../database/uuid.ts';
import type { Connection } from '../model/connection.ts';
import { CONNECTION_COLUMNS, type ConnectionRow, connectionOf } from './connections.ts';

/** What the bearer token says: who is asking, and until when we may believe it (epoch ms; Infinity: no expiry). */
export type Credential = { id: string; connection: Connection; expiresAt: number };

const selectByToken = statement<ConnectionRow & { credentialId: string; expiresAt: Date | null }>(
  'credentials_find',
  `select k.id as "credentialId", k.expires_at as "expiresAt", ${CONNECTION_COLUMNS}
     from credentials k join connections c on c.tenant_id = k.tenant_id and c.id = k.connection_id
    where k.tenant_id = :tenantId and k.token_hash = :hash and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())`,
);

const insertCredential = statement<{ id: string }>(
  'credentials_create',
  `insert into credentials (tenant_id, id, connection_id, token_hash, prefix, expires_at)
   values (:tenantId, :id, :connectionId, :hash, :prefix, :expiresAt) returning id`,
);

const revokeOne = statement<{ id: string }>(
  'credentials_revoke',
  `update credentials set revoked_at = now() where tenant_id = :tenantId and id = :id and revoked_at is null returning id`,
);

const SHOWN_CHARACTERS = 12;

/**
 * Makes a token for a connection and returns its text, which is kept nowhere: the database gets its SHA-256. The text
 * begins with the tenant, so that a sharded database finds the row on one shard.
 */
export async function issueToken(
  db: Knex,
  connection: { tenantId: string; id: string },
  options: { expiresAt?: Date } = {},
): Promise<{ id: string; token: string }> {
  const secret = randomBytes(32).toString('base64url');
  const token = `gw_${encodeTenant(connection.tenantId)}_${secret}`;
  const id = uuidv7();
  await insertCredential(db, {
    tenantId: connection.tenantId,
    id,
    connectionId: connection.id,
    hash: hashOf(token),
    prefix: secret.slice(0, SHOWN_CHARACTERS),
    expiresAt: options.expiresAt ?? null,
  });
  return { id, token };
}

/** The connection that a bearer token stands for; null when it is malformed, unknown, revoked or expired. */
export async function findByToken(db: Knex, token: string): Promise<Credential | null> {
  const tenantId = tenantOf(token);
  if (!tenantId) return null;
  const [row] = await selectByToken(db, { tenantId, hash: hashOf(token) });
  if (!row) return null;
  return { id: row.credentialId, connection: connectionOf(row), expiresAt: row.expiresAt?.getTime() ?? Infinity };
}

/** Ends a token at once; false when there is no such live token. */
export async function revokeToken(db: Knex, tenantId: string, id: string): Promise<boolean> {
  return (await revokeOne(db, { tenantId, id })).length === 1;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function encodeTenant(tenantId: string): string {
  return Buffer.from(tenantId.replaceAll('-', ''), 'hex').toString('base64url');
}

/** gw_<22 characters of tenant>_<43 characters of secret> */
const TOKEN = /^gw_([\w-]{22})_[\w-]{43}$/;

function tenantOf(token: string): string | null {
  const tenant = TOKEN.exec(token)?.[1];
  if (!tenant) return null;
  const hex = Buffer.from(tenant, 'base64url').toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isUuid(id) ? id : null;
}
