import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { hashOf, newSecret } from '../directory/token-text.ts';
import { Fault } from '../errors.ts';

export const SIGN_IN = '/console/sign-in';
const LIVE_MS = 15 * 60_000;

const saveLink = statement<{ id: string }>(
  'links_save',
  `update access.operators
      set link_hash = :hash, link_expires_at = :expiresAt,
          totp = case when :resetCode::boolean then null else totp end,
          recovery_codes = case when :resetCode::boolean then '{}' else recovery_codes end
    where id = :id and issuer is null returning id`,
);

const selectLink = statement<{ id: string; name: string; language: 'en' | 'de' }>(
  'links_find',
  'select id, name, language from access.operators where link_hash = :hash and link_expires_at > now()',
);

const useLink = statement<{ id: string; name: string; hasCode: boolean }>(
  'links_use',
  `update access.operators set password = :password, link_hash = null, link_expires_at = null
    where link_hash = :hash and link_expires_at > now() returning id, name, totp is not null as "hasCode"`,
);

/** Makes the path of a link by which an operator sets a password once, within 15 minutes; an earlier one ends. */
export async function makeLink(db: Knex, id: string, resetCode = false): Promise<string> {
  const secret = newSecret();
  const expiresAt = new Date(Date.now() + LIVE_MS);
  const [saved] = await saveLink(db, { id, hash: hashOf(secret), expiresAt, resetCode });
  if (!saved) throw new Fault('not_found', 'no operator with a password of their own');
  return `${SIGN_IN}/link/${secret}`;
}

/** Whose link it is; null when it is unknown, used or too old. Looking uses nothing up: mail scanners open every link. */
export async function findLink(db: Knex, secret: string) {
  return (await selectLink(db, { hash: hashOf(secret) }))[0] ?? null;
}

/** Sets the password and uses the link up in one statement; null when somebody was faster, or it is too old. */
export async function setPasswordByLink(db: Knex, secret: string, password: string) {
  return (await useLink(db, { hash: hashOf(secret), password }))[0] ?? null;
}
