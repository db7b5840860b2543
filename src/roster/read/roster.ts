import type { Readable } from 'node:stream';
import type { ExtensionSchema } from '../../model/extension.ts';
import { departmentsOf } from '../departments.ts';
import { isErrorColumn, isErrorFile, original } from '../error-columns.ts';
import type { RosterProfile } from '../profile.ts';
import type { RosterItem, Shape } from '../row.ts';
import { type Columns, columnsOf } from './columns.ts';
import { foldHeader } from './headers.ts';
import type { RosterLimits } from './limits.ts';
import { type PersonReader, personOf } from './person.ts';
import type { FileShape, RosterRecord } from './record.ts';
import { type Records, readRecords } from './records.ts';
import { excerpt, unreadable } from './unreadable.ts';
import { valuesBy } from './value.ts';

export type RosterOptions = {
  /** What the tenant has declared: it says how attributes of extensions are read. */
  readonly extensions?: readonly ExtensionSchema[] | undefined;
  /** Folded keys of positions (`readPositions`): rows that name another are rejected. */
  readonly positions?: ReadonlySet<string> | undefined;
  readonly limits?: Partial<RosterLimits> | undefined;
};

export type Roster = { readonly shape: Promise<Shape>; readonly items: AsyncGenerator<RosterItem> };

/**
 * Reads a file of employees as it comes: its shape as soon as that is known, then each row as a person or with what is
 * wrong with it. A row counts only once `items` has ended without an error: a file that breaks off is no roster.
 */
export function readRoster(stream: Readable, profile: RosterProfile, options: RosterOptions = {}): Roster {
  const { extensions = [], positions, limits } = options;
  const columns = columnsOf(profile, extensions);
  const { delimiter, encoding, row, rows } = profile;
  const records = readRecords(stream, { delimiter, encoding, row, rows, known: columns.known, limits });
  const shape = records.shape.then((file) => shapeFor(file, columns));
  shape.catch(() => stream.destroy()); // who reads the rows meets the same error there
  const departments = departmentsOf(profile, {}); // without a server there is no mapping to look in
  const reader = { profile, columns, values: valuesBy(profile), positions, departments };
  return { shape, items: itemsOf(records, shape, reader) };
}

async function* itemsOf(records: Records, shape: Promise<Shape>, reader: PersonReader): AsyncGenerator<RosterItem> {
  const { batches } = records;
  try {
    await shape;
    const { format, headers } = await records.shape;
    const again = format === 'csv' && isErrorFile(headers);
    for await (const batch of batches) {
      for (const record of batch) yield personOf(again ? asBefore(record) : record, reader);
    }
  } finally {
    await batches.return(undefined);
  }
}

/** The row of an error file as it stood in the file that it came from. */
function asBefore(record: RosterRecord): RosterRecord {
  return { ...record, values: record.values.map(original) };
}

export function shapeFor(file: FileShape, columns: Columns): Shape {
  const headers = file.headers.filter((header) => !isErrorColumn(header));
  const folded = new Set(headers.map(foldHeader));
  const ignored = headers.filter((header) => !columns.of(header));
  // an element of an XML is left out where it has no value
  const missing = file.format === 'csv' ? columns.named.filter((name) => !folded.has(foldHeader(name))) : [];
  if (missing.includes(columns.key)) throw noKey(file, columns.key);
  const again = isErrorFile(file.headers) ? { again: true } : {};
  return { ...file, headers, ignored, missing, ...again };
}

function noKey({ headers, delimiter }: FileShape, key: string): Error {
  const shown = headers.slice(0, 20).map((header) => `"${excerpt(header, 40)}"`);
  return unreadable(
    `there is no column "${key}", which tells people apart; there are ${shown.join(', ')}, read with ` +
      `${delimiter === '\t' ? 'a tab' : `"${delimiter}"`} as delimiter: rename the column, or change the profile`,
  );
}
