import { BOOLEAN_WORDS, DATE_FORMATS, type DateFormat } from '../profile.ts';
import { dayOf } from './date.ts';
import { isEmail } from './text.ts';

/** Formats that fit every one of the texts; several where the texts cannot tell (03/04/2024). */
export function dateFormatsOf(texts: readonly string[]): DateFormat[] {
  if (texts.length === 0) return [];
  return DATE_FORMATS.filter((format) => texts.every((text) => dayOf(text, format) !== null));
}

/** True when at least nine in ten of the texts are e-mail addresses. */
export function areEmails(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.filter((text) => isEmail(text.trim())).length >= texts.length * 0.9;
}

/** Words of a column that stand for neither true nor false; null when there are too many for a column of yes and no. */
export function unknownBooleans(texts: readonly string[]): string[] | null {
  const known = [...BOOLEAN_WORDS.true, ...BOOLEAN_WORDS.false];
  const words = [...new Set(texts.map((text) => text.trim().toLowerCase()))];
  return words.length > 4 ? null : words.filter((word) => !known.includes(word));
}

/** What stands between several names in one column, by the texts that have any of these. */
export function separatorOf(texts: readonly string[], delimiter: string | null): string | null {
  const candidates = ['|', ';', ',', '/'].filter((one) => one !== delimiter);
  const counted = candidates.map((one) => ({ one, count: texts.filter((text) => text.includes(one)).length }));
  const [best] = counted.toSorted((a, b) => b.count - a.count);
  return best && best.count > 0 ? best.one : null;
}

/** True when no two of the texts are the same, and none is empty. */
export function areKeys(texts: readonly string[]): boolean {
  const folded = texts.map((text) => text.trim().toLowerCase());
  return folded.length > 0 && !folded.includes('') && new Set(folded).size === folded.length;
}
