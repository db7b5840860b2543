import { isErrorColumn } from '../error-columns.ts';
import type { RawRow, Shape } from '../row.ts';

/** One row as the file has it, before anything is read into it. */
export type RosterRecord = {
  /** The line of a CSV, the position of the element in an XML or a JSON. */
  readonly line: number;
  /** Their names as the file writes them, one for each value. In an XML or a JSON, one may come several times. */
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** Why nothing can be read from the row; null when all is well. */
  readonly problem: { readonly code: 'wrong_number_of_columns' | 'unreadable_text'; readonly found: string } | null;
};

/** What a file yields: once what it looks like, then its rows in batches. */
export type RecordsPart = { readonly shape: FileShape } | { readonly records: readonly RosterRecord[] };

/** What the file alone tells of its shape. */
export type FileShape = Omit<Shape, 'ignored' | 'missing' | 'again'>;

/** The row as the error file shows it, without what an error file had added. */
export function rawRow({ columns, values }: RosterRecord): RawRow {
  const length = Math.max(columns.length, values.length);
  const cells = Array.from({ length }, (_, index) => [columns[index] ?? '', values[index] ?? ''] as const);
  return cells.filter(([column]) => !isErrorColumn(column));
}
