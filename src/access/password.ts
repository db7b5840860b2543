import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { COMMON_PASSWORDS } from './common-passwords.ts';

const COST = { N: 2 ** 15, r: 8, p: 3 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** 128 * N * r bytes are what it needs. */
const MOST_MEMORY = 128 * 1024 * 1024;
export const LEAST_LENGTH = 12;
export const MOST_LENGTH = 200;

/** `scrypt$N$r$p$salt$key`: the parameters lie beside, so that they can grow and old passwords still count. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Compares in constant time. Where there is no password at all it works as long, so that nobody learns who has one. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [kind, N, r, p, salt = '', key = ''] = (stored ?? NOBODYS).split('$');
  const expected = Buffer.from(key, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return kind === 'scrypt' && expected.length === KEY_BYTES && timingSafeEqual(derived, expected) && stored !== null;
}

/**
 * Why a password is not taken, null for one that is: length counts, and that nobody tries it first.
 *
 *   shorter than 12        short
 *   longer than 200        long
 *   among the commonest    common
 *   one letter repeated, or the operator's own name   common
 *   otherwise              null
 */
export function faultOfPassword(password: string, name: string): 'short' | 'long' | 'common' | null {
  const length = [...password].length;
  if (length < LEAST_LENGTH) return 'short';
  if (length > MOST_LENGTH) return 'long';
  const folded = password.normalize('NFKC').toLowerCase();
  if (new Set(folded).size < 3 || folded === name.toLowerCase() || COMMON_PASSWORDS.has(folded)) return 'common';
  return null;
}

const NOBODYS = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem: MOST_MEMORY }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
