import { createHash, randomBytes } from 'node:crypto';
import { isUuid } from '../database/uuid.ts';

/** 256 random bits: nothing to guess, so a plain SHA-256 of it may lie in the database. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** gw_<22 characters of tenant>_<43 characters of secret>: a sharded database finds the row on one shard. */
export function tokenText(tenantId: string, secret: string): string {
  return `gw_${shortened(tenantId)}_${secret}`;
}

/** The tenant that a token names; null when it is none of ours. */
export function tenantOf(token: string): string | null {
  const tenant = /^gw_([\w-]{22})_[\w-]{43}$/.exec(token)?.[1];
  return tenant ? lengthened(tenant) : null;
}

/** gc_<22 characters of tenant>_<22 characters of id>: the client_id of OAuth. */
export function clientText(tenantId: string, id: string): string {
  return `gc_${shortened(tenantId)}_${shortened(id)}`;
}

/** What a client_id names; null when it is none of ours. */
export function clientOf(text: string): { tenantId: string; id: string } | null {
  const parts = /^gc_([\w-]{22})_([\w-]{22})$/.exec(text);
  const tenantId = lengthened(parts?.[1] ?? '');
  const id = lengthened(parts?.[2] ?? '');
  return tenantId && id ? { tenantId, id } : null;
}

/** A UUID in 22 letters. */
export function shortened(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');
}

/** The UUID of 22 letters; null when they are none. */
export function lengthened(short: string): string | null {
  const hex = Buffer.from(short, 'base64url').toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  // bits that do not count would make two texts of one id
  return isUuid(id) && shortened(id) === short ? id : null;
}
