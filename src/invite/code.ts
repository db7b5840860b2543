import { createHash } from 'node:crypto';
import { lengthened, shortened } from '../directory/token-text.ts';
import type { Invite } from '../model/invite.ts';

/** Derives a secret for one purpose from the key that lies outside of the database. */
export type Derive = (purpose: string) => string;

/** 22 letters of base64url: 132 bits, too many to guess. */
const LETTERS = 22;

/**
 * What the link of an invite ends with: the tenant, so that a sharded database finds the row on one shard, and the code.
 * Derived anew each time, so that a reminder carries the same link though only a hash is stored.
 */
export function codeOf(derive: Derive, { tenantId, id, edition }: Pick<Invite, 'tenantId' | 'id' | 'edition'>): string {
  return shortened(tenantId) + derive(`invite ${tenantId} ${id} ${edition}`).slice(0, LETTERS);
}

/** What is stored of a code: enough to know it again. */
export function codeHash(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}

/** The tenant that a code names; null when it is none of ours. */
export function tenantOfCode(code: string): string | null {
  return /^[\w-]{44}$/.test(code) ? lengthened(code.slice(0, LETTERS)) : null;
}
