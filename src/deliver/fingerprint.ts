import { createHash } from 'node:crypto';
import type { ActualAccount } from '../model/account.ts';

/**
 * Stands for all that a target shows of an account, so that a change is noticed without keeping what it shows. What is
 * empty counts as not there, and the letter case of an address does not count, as in the planner.
 */
export function fingerprintOf({ email, status, attributes, groups }: ActualAccount): string {
  const named = Object.entries(attributes).filter(([, value]) => value);
  const parts = [email.toLowerCase(), status, named.toSorted(([a], [b]) => (a < b ? -1 : 1)), [...groups].toSorted()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
