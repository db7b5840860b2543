import { emailOf } from '../../model/email.ts';
import type { Attribute } from '../attribute.ts';
import type { Reject, RejectCode, RosterRow } from '../row.ts';
import type { Columns } from './columns.ts';
import { type SeenTexts, seenTexts } from './seen-texts.ts';
import { foldKey } from './text.ts';
import { excerpt } from './unreadable.ts';

/** What no two rows may share. */
type Own = { readonly key: string; readonly email: string | null; readonly userName: string };
type Field = keyof Own;
const FIELDS: readonly Field[] = ['key', 'email', 'userName'];

/** What has been seen of each of them. */
export type Seen = Readonly<Record<Field, SeenTexts>>;
/** A row that may have a twin. */
export type Suspect = Own & { readonly line: number };

/** Nothing seen yet. */
export function nothingSeen(): Seen {
  return { key: seenTexts(), email: seenTexts(), userName: seenTexts() };
}

/** Takes note of a row. */
export function see(seen: Seen, row: RosterRow): void {
  const own = ownOf(row);
  for (const field of FIELDS) {
    const text = own[field];
    if (text !== null) seen[field].add(text);
  }
}

/** The row as a suspect, or null when it surely shares nothing with another. */
export function suspectIn(seen: Seen, row: RosterRow): Suspect | null {
  const own = ownOf(row);
  const suspicious = FIELDS.some((field) => own[field] !== null && seen[field].twice(own[field]));
  return suspicious ? { line: row.line, ...own } : null;
}

/**
 * The rows that share what only one may have, each with the reject for it. First the keys; then, among who is left, the
 * addresses; then the user names: the order in which the directory compares them, too.
 */
export function twinsAmong(
  suspects: readonly Suspect[],
  columns: Columns,
  userName: string | null,
): Map<number, Reject> {
  const rejects = new Map<number, Reject>();
  const steps: [Field, RejectCode, string | null][] = [
    ['key', 'duplicate_key', columns.key],
    ['email', 'duplicate_email', columns.nameOf('email' satisfies Attribute)],
    ['userName', 'duplicate_key', userName],
  ];
  for (const [field, code, column] of steps) {
    const left = suspects.filter(({ line }) => !rejects.has(line));
    for (const { line, found } of sharing(left, field))
      rejects.set(line, { line, column, code, found: excerpt(found) });
  }
  return rejects;
}

function sharing(rows: readonly Suspect[], field: Field): { line: number; found: string }[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const text = row[field];
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return rows.flatMap((row) => {
    const text = row[field];
    return text !== null && (counts.get(text) ?? 0) > 1 ? [{ line: row.line, found: text }] : [];
  });
}

function ownOf({ key, resource }: RosterRow): Own {
  const email = emailOf(resource);
  return { key, email: email === null ? null : foldKey(email), userName: foldKey(String(resource['userName'] ?? '')) };
}
