import type { RosterRecord } from './read/record.ts';
import type { RawRow } from './row.ts';

/**
 * A row as it is kept while it is compared: a JSON array of its values where its columns are those of the file, else one of
 * pairs.
 */
export function rawText({ columns, values }: RosterRecord, headers: readonly string[]): string {
  if (columns === headers && values.length === headers.length) return JSON.stringify(values);
  return JSON.stringify(values.map((value, index) => [columns[index] ?? '', value]));
}

/** The row that `rawText` has kept. */
export function recordOf(line: number, raw: string, headers: readonly string[]): RosterRecord {
  const cells = JSON.parse(raw) as (string | [string, string])[];
  if (typeof cells[0] === 'string') return { line, columns: headers, values: cells as string[], problem: null };
  const pairs = cells as [string, string][];
  return { line, columns: pairs.map(([column]) => column), values: pairs.map(([, value]) => value), problem: null };
}

/** The same as the error file shows it. */
export function pairsOf(raw: unknown, headers: readonly string[]): RawRow {
  const cells = raw as (string | [string, string])[];
  return cells.map((cell, index) => (typeof cell === 'string' ? [headers[index] ?? '', cell] : cell));
}
