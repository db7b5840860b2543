import { csvRecordAt } from './csv-record.ts';
import { foldHeader } from './headers.ts';

export const DELIMITERS = [',', ';', '\t', '|'] as const;

const LOOKED_AT = 20;

/**
 * The delimiter of a CSV by its first rows. The one that gives the most headers that are known wins; then the one by which
 * the most rows have as many columns as the header; then the one with the most columns; at last the order above.
 */
export function delimiterOf(head: string, known: ReadonlySet<string>): string {
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, ...scoreOf(head, delimiter, known) }));
  const [best] = scored.toSorted((a, b) => b.known - a.known || b.even - a.even || b.columns - a.columns);
  return best?.delimiter ?? ',';
}

function scoreOf(head: string, delimiter: string, known: ReadonlySet<string>) {
  const rows = firstRows(head, delimiter);
  const header = rows[0] ?? [];
  const columns = header.length;
  return {
    known: header.filter((name) => known.has(foldHeader(name))).length,
    even: columns > 1 ? rows.filter((row) => row.length === columns).length : 0,
    columns,
  };
}

function firstRows(head: string, delimiter: string): (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  for (let at = 0; at < head.length && rows.length < LOOKED_AT; ) {
    // final: the last one may be cut off, which counts for little
    const record = csvRecordAt(head, at, delimiter, true, { rowLength: Number.POSITIVE_INFINITY });
    if (!record) break;
    rows.push(record.values);
    at = record.end;
  }
  return rows;
}
