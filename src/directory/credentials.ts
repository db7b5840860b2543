import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { Connection } from '../model/connection.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import { type Access, EVERY_ACCESS, type TokenItem } from '../model/token.ts';
import { CONNECTION_COLUMNS, type ConnectionRow, connectionOf } from './connections.ts';
import { EXTENSIONS_OF } from './extensions.ts';
import { hashOf, newSecret, tenantOf, tokenText } from './token-text.ts';

/** What the bearer token says: who is asking, what for, and until when we may believe it (epoch ms; Infinity: always). */
export type Credential = {
  id: string;
  /** The first characters of its secret. */
  prefix: string;
  connection: Connection;
  /** What its tenant has declared: it is asked for with every token, so it comes along with it. */
  extensions: readonly ExtensionSchema[];
  scopes: readonly Access[];
  expiresAt: number;
  /** Until when requests that succeed are kept for support, too (epoch ms; 0: they are not). */
  logUntil: number;
};

export type TokenOptions = {
  expiresAt?: Date | null | undefined;
  scopes?: readonly Access[] | undefined;
  /** The OAuth client that fetched it. */
  clientId?: string;
};

export type EndingToken = Pick<TokenItem, 'id' | 'prefix' | 'expiresAt' | 'lastUsedAt'> & {
  connection: { id: string; name: string };
};

type Found = ConnectionRow & {
  credentialId: string;
  prefix: string;
  expiresAt: Date | null;
  logUntil: Date | null;
  scopes: Access[];
  extensions: ExtensionSchema[];
};

const selectByToken = statement<Found>(
  'credentials_find',
  `select k.id as "credentialId", k.prefix, k.expires_at as "expiresAt", k.scopes,
          c.log_requests_until as "logUntil", ${CONNECTION_COLUMNS},
          ${EXTENSIONS_OF} as extensions
     from credentials k join connections c on c.tenant_id = k.tenant_id and c.id = k.connection_id
    where k.tenant_id = :tenantId and k.token_hash = :hash and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())`,
);

const insertCredential = statement<{ id: string }>(
  'credentials_create',
  `insert into credentials (tenant_id, id, connection_id, client_id, token_hash, prefix, scopes, expires_at)
   values (:tenantId, :id, :connectionId, :clientId, :hash, :prefix, :scopes, :expiresAt) returning id`,
);

const revokeOne = statement<{ id: string }>(
  'credentials_revoke',
  `update credentials set revoked_at = now()
    where tenant_id = :tenantId and id = :id and client_id is null and revoked_at is null returning id`,
);

const selectTokens = statement<TokenItem>(
  'credentials_list',
  `select id, prefix, scopes, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"
     from credentials
    where tenant_id = :tenantId and connection_id = :connectionId and client_id is null and revoked_at is null
    order by id`,
);

const selectEnding = statement<EndingToken>(
  'credentials_ending',
  `select k.id, k.prefix, k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt",
          json_build_object('id', c.id, 'name', c.name) as connection
     from credentials k join connections c on c.tenant_id = k.tenant_id and c.id = k.connection_id
    where k.tenant_id = :tenantId and k.client_id is null and k.revoked_at is null
      and k.expires_at is not null and k.expires_at between :now and :until
    order by k.expires_at, k.id limit :limit`,
);

// the condition makes it once a minute for all instances together
const touch = statement<{ id: string }>(
  'credentials_touch',
  `update credentials set last_used_at = :at
    where tenant_id = :tenantId and id = :id and (last_used_at is null or last_used_at < :before) returning id`,
);

const lockConnection = statement<{ id: string }>(
  'credentials_lock',
  `select id from connections where tenant_id = :tenantId and id = :id for update`,
);

const SHOWN_CHARACTERS = 12;
/** One in use and its successor. */
const LIVE_TOKENS = 2;
/** How exact `lastUsedAt` is. */
export const USE_RECORDED_EVERY_MS = 60_000;

/** Makes a token for a connection and returns its text, which is kept nowhere: the database gets its SHA-256. */
export async function issueToken(
  db: Knex,
  { tenantId, id: connectionId }: { tenantId: string; id: string },
  { expiresAt = null, scopes = EVERY_ACCESS, clientId }: TokenOptions = {},
): Promise<{ id: string; token: string }> {
  const secret = newSecret();
  const token = tokenText(tenantId, secret);
  const id = uuidv7();
  const prefix = secret.slice(0, SHOWN_CHARACTERS);
  const hash = hashOf(token);
  const row = { tenantId, id, connectionId, clientId: clientId ?? null, hash, prefix, scopes, expiresAt };
  await insertCredential(db, row);
  return { id, token };
}

/**
 * Makes a token unless the connection has two live ones: enough to change one without a gap, and nobody loses sight of
 * them. Throws `limit_reached`. Call in a transaction.
 */
export async function addToken(
  trx: Knex,
  connection: Connection,
  options: TokenOptions,
): Promise<{ id: string; token: string }> {
  await lockConnection(trx, connection); // two at the same time would both count one
  const tokens = await listTokens(trx, connection);
  const live = tokens.filter(({ expiresAt }) => expiresAt === null || expiresAt.getTime() > Date.now());
  if (live.length >= LIVE_TOKENS) {
    const which = live.map(({ id, prefix }) => `${id} (${prefix}…)`).join(' or ');
    const words = `connection "${connection.name}" has ${live.length} live tokens already: first revoke ${which}`;
    throw new Fault('limit_reached', words);
  }
  return issueToken(trx, connection, options);
}

/** The tokens that operators made for a connection and that are not revoked, the oldest first. */
export async function listTokens(db: Knex, connection: { tenantId: string; id: string }): Promise<TokenItem[]> {
  return selectTokens(db, { tenantId: connection.tenantId, connectionId: connection.id });
}

/** The live tokens of all connections that end within a time, the first to end first. */
export async function listEndingTokens(
  db: Knex,
  tenantId: string,
  { now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<EndingToken[]> {
  return selectEnding(db, { tenantId, now, until, limit });
}

/** The connection that a bearer token stands for; null when it is malformed, unknown, revoked or expired. */
export async function findByToken(db: Knex, token: string): Promise<Credential | null> {
  const tenantId = tenantOf(token);
  if (!tenantId) return null;
  const [row] = await selectByToken(db, { tenantId, hash: hashOf(token) });
  if (!row) return null;
  const { credentialId: id, prefix, scopes, extensions } = row;
  const expiresAt = row.expiresAt?.getTime() ?? Infinity;
  return { id, prefix, scopes, extensions, connection: connectionOf(row), expiresAt, logUntil: +(row.logUntil ?? 0) };
}

/** Ends a token at once; false when there is no such live token. */
export async function revokeToken(db: Knex, tenantId: string, id: string): Promise<boolean> {
  return (await revokeOne(db, { tenantId, id })).length === 1;
}

/** Notes that a token is in use, unless that was noted less than a minute ago. */
export async function recordUse(
  db: Knex,
  { id, connection }: Pick<Credential, 'id' | 'connection'>,
  now = Date.now(),
): Promise<void> {
  const before = new Date(now - USE_RECORDED_EVERY_MS);
  await touch(db, { tenantId: connection.tenantId, id, at: new Date(now), before });
}
