import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { hashOf } from '../directory/token-text.ts';
import { Fault } from '../errors.ts';
import type { ApiKey, Principal, TechnicalUser } from '../model/principal.ts';
import { newKey, tenantOfKey } from './key-text.ts';

type Holder = TechnicalUser & { keyId: string };

const insertKey = statement<{ id: string }>(
  'api_keys_create',
  `insert into api_keys (tenant_id, id, technical_user_id, key_hash, prefix, expires_at)
   values (:tenantId, :id, :userId, :hash, :prefix, :expiresAt) returning id`,
);

const selectKeys = statement<ApiKey>(
  'api_keys_list',
  `select id, prefix, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"
     from api_keys where tenant_id = :tenantId and technical_user_id = :userId and revoked_at is null order by id`,
);

const selectHolder = statement<Holder>(
  'api_keys_find',
  `select k.id as "keyId", u.id, u.name, u.email, u.rights, u.connection_id as "connectionId",
          u.target_id as "targetId"
     from api_keys k join technical_users u on u.tenant_id = k.tenant_id and u.id = k.technical_user_id
    where k.tenant_id = :tenantId and k.key_hash = :hash and k.revoked_at is null and u.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())`,
);

const revokeOne = statement<{ prefix: string }>(
  'api_keys_revoke',
  `update api_keys set revoked_at = now()
    where tenant_id = :tenantId and technical_user_id = :userId and id = :id and revoked_at is null returning prefix`,
);

// the condition makes it once a minute for all instances together
const touch = statement<{ id: string }>(
  'api_keys_touch',
  `update api_keys set last_used_at = :at
    where tenant_id = :tenantId and id = :id and (last_used_at is null or last_used_at < :before) returning id`,
);

/** One in use and its successor. */
const LIVE_KEYS = 2;
const USE_RECORDED_EVERY_MS = 60_000;

/**
 * Makes a key unless there are two live ones (S37); its text is kept nowhere. The caller holds the technical user, so that
 * two at the same time do not both count one. Throws `limit_reached`.
 */
export async function addKey(trx: Knex, tenantId: string, user: TechnicalUser, expiresAt: Date | null) {
  const live = (await listKeys(trx, tenantId, user.id)).filter((key) => !key.expiresAt || key.expiresAt > new Date());
  if (live.length >= LIVE_KEYS) {
    const which = live.map(({ id, prefix }) => `${id} (${prefix}…)`).join(' or ');
    throw new Fault('limit_reached', `"${user.name}" has ${live.length} live keys already: first revoke ${which}`);
  }
  const { key, prefix } = newKey(tenantId);
  const id = uuidv7();
  await insertKey(trx, { tenantId, id, userId: user.id, hash: hashOf(key), prefix, expiresAt });
  return { id, key, prefix, expiresAt };
}

/** The keys of a technical user that are not revoked, the oldest first; never their text. */
export async function listKeys(db: Knex, tenantId: string, userId: string): Promise<ApiKey[]> {
  return selectKeys(db, { tenantId, userId });
}

/** Ends a key at once. Throws `not_found`. */
export async function revokeKey(trx: Knex, tenantId: string, userId: string, id: string): Promise<void> {
  const [revoked] = await revokeOne(trx, { tenantId, userId, id });
  if (!revoked) throw new Fault('not_found', `no live key ${id}`);
}

/** Whom an API key stands for; null when it is malformed, unknown, revoked or expired. Notes that it is in use. */
export async function principalOfKey(db: Knex, key: string, now = Date.now()): Promise<Principal | null> {
  const tenantId = tenantOfKey(key);
  if (!tenantId) return null;
  const [holder] = await selectHolder(db, { tenantId, hash: hashOf(key) });
  if (!holder) return null;
  const { id, name, rights, connectionId, targetId, keyId } = holder;
  await touch(db, { tenantId, id: keyId, at: new Date(now), before: new Date(now - USE_RECORDED_EVERY_MS) });
  return { kind: 'technical', id, name, roles: new Map([[tenantId, rights]]), connectionId, targetId };
}
