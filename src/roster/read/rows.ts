import { hash as digest } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ExtensionSchema } from '../../model/extension.ts';
import { isErrorColumn, isErrorFile, original } from '../error-columns.ts';
import type { RosterProfile } from '../profile.ts';
import { rawText } from '../raw.ts';
import type { Reject, RosterItem, Shape } from '../row.ts';
import { type Columns, columnsOf } from './columns.ts';
import { type RosterRecord, rawRow } from './record.ts';
import { type Records, readRecords } from './records.ts';
import { type RosterOptions, shapeFor } from './roster.ts';
import { cleanText, foldKey } from './text.ts';
import { excerpt } from './unreadable.ts';

/** A row of which only the key has been read; equal hashes mean that all that is read from two rows is equal. */
export type FileRow = {
  readonly kind: 'text';
  readonly line: number;
  readonly key: string;
  readonly hash: string;
  /** As `rawText` keeps it. */
  readonly raw: string;
};
export type FileItem = FileRow | Extract<RosterItem, { kind: 'rejected' }>;
export type FileRows = { readonly shape: Promise<Shape>; readonly batches: AsyncGenerator<readonly FileItem[]> };

export type RowOptions = Pick<RosterOptions, 'extensions' | 'limits'> & {
  /** What a position of this folded key stands for, as text; a row that names it changes with it. */
  readonly positionText?: ((key: string) => string) | undefined;
};

/**
 * Reads a file of employees as it comes, no further than to tell whom each row is about and whether it says something new:
 * most rows of most rosters are as they were. The file counts only once `batches` has ended without an error.
 */
export function readRows(stream: Readable, profile: RosterProfile, options: RowOptions = {}): FileRows {
  const { extensions = [], limits, positionText } = options;
  const columns = columnsOf(profile, extensions);
  const { delimiter, encoding, row, rows } = profile;
  const records = readRecords(stream, { delimiter, encoding, row, rows, known: columns.known, limits });
  const shape = records.shape.then((file) => shapeFor(file, columns));
  shape.catch(() => stream.destroy()); // who reads the rows meets the same error there
  return { shape, batches: batchesOf(records, shape, { columns, salt: saltOf(profile, extensions), positionText }) };
}

const KEY_LENGTH = 256;

type Reader = { columns: Columns; salt: string; positionText: RowOptions['positionText'] };

async function* batchesOf(
  { shape, batches }: Records,
  checked: Promise<Shape>,
  reader: Reader,
): AsyncGenerator<readonly FileItem[]> {
  try {
    await checked;
    const { format, headers } = await shape;
    const again = format === 'csv' && isErrorFile(headers);
    for await (const batch of batches) {
      yield batch.map((record) => itemOf(again ? asBefore(record) : record, headers, reader));
    }
  } finally {
    await batches.return(undefined);
  }
}

function itemOf(record: RosterRecord, headers: readonly string[], { columns, salt, positionText }: Reader): FileItem {
  const { line, values, problem } = record;
  if (problem) return rejected(record, { line, column: null, ...problem });
  let said = salt;
  let key = '';
  let keyColumn = '';
  for (const [index, name] of record.columns.entries()) {
    const column = columns.of(name);
    const value = values[index];
    if (!column || !value) continue;
    said += `\u0001${name}\u0002${value}`;
    if (column.isKey && key === '') [key, keyColumn] = [value, name];
    if (column.attribute === 'position' && positionText)
      said += `\u0003${positionText(foldKey(cleanText(value) ?? ''))}`;
  }
  const clean = cleanText(key);
  if (clean === null)
    return rejected(record, { line, column: keyColumn, code: 'unreadable_text', found: excerpt(key) });
  if (clean === '') return rejected(record, { line, column: columns.key, code: 'missing_key', found: '' });
  if (clean.length > KEY_LENGTH)
    return rejected(record, { line, column: keyColumn, code: 'too_long', found: excerpt(key) });
  const hash = digest('sha256', said, 'base64url').slice(0, 27);
  return { kind: 'text', line, key: foldKey(clean), hash, raw: rawText(record, headers) };
}

function rejected(record: RosterRecord, reject: Reject): FileItem {
  return { kind: 'rejected', key: null, raw: rawRow(record), rejects: [reject] };
}

/** The row of an error file as it stood in the file that it came from. */
function asBefore({ line, columns, values, problem }: RosterRecord): RosterRecord {
  const own = columns.map((column, index) => [column, original(values[index] ?? '')] as const);
  const kept = own.filter(([column]) => !isErrorColumn(column));
  return { line, columns: kept.map(([column]) => column), values: kept.map(([, value]) => value), problem };
}

/** Another profile, or another declaration of an extension, may read the same row in another way. */
function saltOf(profile: RosterProfile, extensions: readonly ExtensionSchema[]): string {
  const { brakes: _, semantics: __, ...reading } = profile;
  return digest('sha256', JSON.stringify([reading, extensions]), 'base64url');
}
