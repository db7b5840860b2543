import type { Readable } from 'node:stream';
import { isErrorColumn, isErrorFile, original } from '../error-columns.ts';
import type { Position, PositionItem } from '../position.ts';
import type { RosterProfile } from '../profile.ts';
import type { Reject, RejectCode, Shape } from '../row.ts';
import { foldHeader } from './headers.ts';
import type { RosterLimits } from './limits.ts';
import { type FileShape, type RosterRecord, rawRow } from './record.ts';
import { type Records, readRecords } from './records.ts';
import { cleanText, foldKey } from './text.ts';
import { excerpt, unreadable } from './unreadable.ts';

type Field = Exclude<keyof Position, 'line'>;

/** Headers and elements that are taken, folded. */
const FIELDS = new Map<string, Field>([
  ...(['id', 'position', 'positionid', 'planstelle', 'planstellennummer'] as const).map(
    (name) => [name, 'id'] as const,
  ),
  ...(['title', 'name', 'bezeichnung', 'titel'] as const).map((name) => [name, 'title'] as const),
  ...(['parent', 'parentposition', 'reportsto', 'übergeordneteplanstelle'] as const).map(
    (name) => [name, 'parent'] as const,
  ),
  ...(['orgunit', 'organisationseinheit', 'department', 'abteilung'] as const).map(
    (name) => [name, 'orgUnit'] as const,
  ),
]);
const LENGTH = 256;

export type PositionOptions = { readonly limits?: Partial<RosterLimits> | undefined };
export type Positions = { readonly shape: Promise<Shape>; readonly items: AsyncGenerator<PositionItem> };

/**
 * Reads a file of positions, a CSV or an XML of `<position>`, in the same way as employees. Of the profile, only delimiter
 * and encoding count. That an id comes twice, or that a parent is not there, is seen by whoever has them all.
 */
export function readPositions(
  stream: Readable,
  { delimiter, encoding }: Pick<RosterProfile, 'delimiter' | 'encoding'>,
  { limits }: PositionOptions = {},
): Positions {
  const known = new Set(FIELDS.keys());
  const records = readRecords(stream, { delimiter, encoding, row: 'position', known, limits });
  const shape = records.shape.then(shapeFor);
  shape.catch(() => stream.destroy()); // who reads the rows meets the same error there
  return { shape, items: itemsOf(records, shape) };
}

async function* itemsOf(records: Records, shape: Promise<Shape>): AsyncGenerator<PositionItem> {
  const { batches } = records;
  try {
    const { format } = await shape;
    const again = format === 'csv' && isErrorFile((await records.shape).headers);
    for await (const batch of batches) for (const record of batch) yield positionOf(record, again);
  } finally {
    await batches.return(undefined);
  }
}

function shapeFor(file: FileShape): Shape {
  const headers = file.headers.filter((header) => !isErrorColumn(header));
  const fields = headers.map((header) => FIELDS.get(foldHeader(header)));
  const ignored = headers.filter((_, index) => !fields[index]);
  const missing =
    file.format === 'csv' ? (['id', 'title', 'parent', 'orgUnit'] as const).filter((one) => !fields.includes(one)) : [];
  if (missing.includes('id')) throw unreadable('there is no column "id", which tells positions apart: name one so');
  const twice = fields.find((field, index) => field && file.format === 'csv' && fields.indexOf(field) !== index);
  if (twice) throw unreadable(`two columns could be the ${twice} of a position: rename or remove one`);
  return { ...file, headers, ignored, missing };
}

/** `again`: the row is one of an error file. */
function positionOf(record: RosterRecord, again: boolean): PositionItem {
  const { line, columns, problem } = record;
  if (problem) return rejected(record, null, [{ line, column: null, ...problem }]);
  const texts: Partial<Record<Field, string>> = {};
  const rejects: Reject[] = [];
  for (const [index, column] of columns.entries()) {
    const field = FIELDS.get(foldHeader(column));
    if (!field) continue;
    const found = again ? original(record.values[index] ?? '') : (record.values[index] ?? '');
    const text = cleanText(found);
    const code = codeOf(text, texts[field]);
    if (code) rejects.push({ line, column, code, found: excerpt(found) });
    else if (text) texts[field] = text;
  }
  const { id, title = null, parent, orgUnit = null } = texts;
  if (id === undefined) rejects.push({ line, column: 'id', code: 'missing_key', found: '' });
  if (id === undefined || rejects.length > 0) return rejected(record, id ?? null, rejects);
  const position = { line, id: foldKey(id), title, parent: parent ? foldKey(parent) : null, orgUnit };
  return { kind: 'position', position };
}

function codeOf(text: string | null, before: string | undefined): RejectCode | null {
  if (text === null) return 'unreadable_text';
  if (text.length > LENGTH) return 'too_long';
  return text !== '' && before !== undefined ? 'wrong_number_of_columns' : null;
}

function rejected(record: RosterRecord, key: string | null, rejects: readonly Reject[]): PositionItem {
  return { kind: 'rejected', key: key && foldKey(key), raw: rawRow(record), rejects };
}
