import type { Restore } from '../model/decision.ts';
import type { Snapshot } from './snapshot.ts';

/** What ended an account for good. */
export type Ended = 'erase' | 'anonymise';

/**
 * What undoing brings back.
 *
 *   before       ended since        restored
 *   any          erase, anonymise   nothing: what it held is gone
 *   no account   -                  nobody: the invitation is withdrawn, or the account suspended
 *   suspended    -                  nobody
 *   otherwise    -                  the account as it was
 */
export function restoreOf(
  { account }: Snapshot,
  ended: Ended | null,
): { restore: Restore | null; problem: string | null } {
  if (ended !== null) {
    const what = ended === 'erase' ? 'erased' : 'made anonymous';
    return { restore: null, problem: `the account was ${what}: what it held is gone, only a new invitation helps` };
  }
  if (account === null || account.status === 'suspended') return { restore: { to: 'nobody' }, problem: null };
  const { email, attributes, groups } = account;
  return { restore: { to: 'account', account: { email, attributes, groups } }, problem: null };
}
