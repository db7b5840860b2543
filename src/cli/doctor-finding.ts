import { isFault } from '../errors.ts';
import { printable } from './text-width.ts';

/**
 * One thing that the doctor looked at. `wrong` has to be mended for people to arrive at a target; `note` is a choice that
 * may be meant.
 */
export type Finding = { readonly check: string; readonly result: 'fine' | 'wrong' | 'note'; readonly words: string };

const SIGNS = { fine: '✓', wrong: '✗', note: '•' };

export function fine(check: string, words: string): Finding {
  return { check, result: 'fine', words };
}

export function wrong(check: string, words: string): Finding {
  return { check, result: 'wrong', words };
}

export function note(check: string, words: string): Finding {
  return { check, result: 'note', words };
}

/** What a call fails with, as a finding; what is not a Fault is a bug and is thrown on. */
export function failed(check: string, error: unknown, mend = ''): Finding {
  if (!isFault(error)) throw error;
  return wrong(check, `${error.message}${mend ? `; ${mend}` : ''}`);
}

/** A line for each finding and one that counts. */
export function linesOf(findings: readonly Finding[]): string[] {
  const count = findings.filter(({ result }) => result === 'wrong').length;
  const last = count === 0 ? 'Nothing is wrong.' : `${count} ${count === 1 ? 'thing is' : 'things are'} wrong.`;
  return [...findings.map(({ result, words }) => printable(`${SIGNS[result]} ${words}`)), '', last];
}
