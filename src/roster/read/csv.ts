import { delimiterOf } from './csv-delimiter.ts';
import { type CsvRecord, csvRecordAt } from './csv-record.ts';
import { checkedHeaders } from './headers.ts';
import type { RosterLimits } from './limits.ts';
import type { RecordsPart, RosterRecord } from './record.ts';
import { excerpt, unreadable } from './unreadable.ts';

export type CsvOptions = {
  readonly delimiter: string | undefined;
  readonly encoding: string;
  readonly limits: RosterLimits;
  /** Folded names of columns that are looked for: they tell the delimiter. */
  readonly known: ReadonlySet<string>;
};

type Place = { text: string; at: number; line: number };

/** A CSV in pieces of text: first its shape, then its rows. Rows without any value are left out. */
export async function* csvRecords(pieces: AsyncIterator<string>, options: CsvOptions): AsyncGenerator<RecordsPart> {
  const { limits, encoding } = options;
  const place: Place = { text: '', at: 0, line: 1 };
  let final = !(await more(place, pieces));
  const said = excelSeparator(place);
  const delimiter = options.delimiter ?? said ?? delimiterOf(place.text.slice(place.at), options.known);
  let headers: readonly string[] | null = null;
  for (;;) {
    const records: RosterRecord[] = [];
    for (;;) {
      const line = place.line;
      const record = nextRecord(place, delimiter, final, limits);
      if (!record) break;
      if (isBlank(record)) continue;
      if (headers) records.push(recordOf(record, line, headers));
      else {
        headers = headersOf(record, line, limits);
        yield { shape: { format: 'csv', delimiter, encoding, headers } };
      }
    }
    if (records.length > 0) yield { records };
    if (final) break;
    final = !(await more(place, pieces));
  }
  if (!headers) throw unreadable('the file has no line of headers: the first line must name the columns');
}

/** Appends the next piece to what is left of the text; false when there is none. */
async function more(place: Place, pieces: AsyncIterator<string>): Promise<boolean> {
  const next = await pieces.next();
  if (next.done) return false;
  place.text = place.text.slice(place.at) + next.value;
  place.at = 0;
  return true;
}

function nextRecord(place: Place, delimiter: string, final: boolean, limits: RosterLimits): CsvRecord | null {
  if (place.at >= place.text.length) return null;
  const record = csvRecordAt(place.text, place.at, delimiter, final, limits);
  if (!record) return null;
  if (record.problem && (record.values[0] ?? '').length > limits.rowLength) {
    const words = `is longer than ${limits.rowLength} characters`;
    throw unreadable(`line ${place.line}: the row ${words}: are there line ends, and is "${delimiter}" the delimiter?`);
  }
  place.at = record.end;
  place.line += record.lines;
  return record;
}

/** Excel's own first line, `sep=;`, which is not a row. */
function excelSeparator(place: Place): string | null {
  const [whole = '', delimiter = null] = /^sep=([^\r\n])(?:\r\n|\n|\r)/i.exec(place.text) ?? [];
  if (delimiter === null) return null;
  place.at = whole.length;
  place.line = 2;
  return delimiter;
}

function headersOf({ values, problem }: CsvRecord, line: number, { columns }: RosterLimits): string[] {
  if (problem) throw unreadable(`line ${line}: the headers cannot be read: ${problem}`);
  return checkedHeaders(values, line, columns);
}

function isBlank({ values }: CsvRecord): boolean {
  return values.every((value) => value.trim() === '');
}

function recordOf({ values, problem }: CsvRecord, line: number, columns: readonly string[]): RosterRecord {
  if (problem) {
    return {
      line,
      columns,
      values,
      problem: { code: 'unreadable_text', found: `${problem}: ${excerpt(values[0] ?? '')}` },
    };
  }
  if (values.length === columns.length) return { line, columns, values, problem: null };
  const more = values.slice(columns.length).filter((value) => value !== '');
  const surplus = more.length > 0 ? `, too many: ${excerpt(more.join(' '))}` : '';
  const found = `${values.length} columns, and ${columns.length} headers${surplus}`;
  return { line, columns, values, problem: { code: 'wrong_number_of_columns', found } };
}
