import type { Readable } from 'node:stream';
import type { Encoding } from '../profile.ts';
import { bytesOf } from './bytes.ts';
import { csvRecords } from './csv.ts';
import { decoded } from './decode.ts';
import { jsonRecords } from './json.ts';
import { DEFAULT_LIMITS, type RosterLimits } from './limits.ts';
import type { FileShape, RecordsPart, RosterRecord } from './record.ts';
import { unreadable } from './unreadable.ts';
import { xmlRecords } from './xml.ts';

export type RecordOptions = {
  readonly delimiter?: string | undefined;
  readonly encoding?: Encoding | undefined;
  /** The element of an XML that is one row. */
  readonly row: string;
  /** Where the people of a JSON are. */
  readonly rows?: string | undefined;
  /** Folded names of the columns that are looked for. */
  readonly known: ReadonlySet<string>;
  readonly limits?: Partial<RosterLimits> | undefined;
};

/** The rows of a file in batches, and what the file looks like as soon as that is known. */
export type Records = { readonly shape: Promise<FileShape>; readonly batches: AsyncGenerator<readonly RosterRecord[]> };

/**
 * Reads a CSV, an XML or a JSON as it comes, in constant memory. What is wrong with the whole file rejects both: rows that
 * were read before do not make it a file. Who stops early, or fails, leaves the stream destroyed.
 */
export function readRecords(stream: Readable, options: RecordOptions): Records {
  const parts = partsOf(stream, options);
  const first = parts.next();
  const shape = first.then(({ value }) => {
    if (value && 'shape' in value) return value.shape;
    throw unreadable('the file is empty');
  });
  shape.catch(() => stream.destroy()); // who reads the rows meets the same error there
  return { shape, batches: batchesOf(stream, first, parts) };
}

async function* batchesOf(
  stream: Readable,
  first: Promise<unknown>,
  parts: AsyncGenerator<RecordsPart>,
): AsyncGenerator<readonly RosterRecord[]> {
  try {
    await first;
    for await (const part of parts) if ('records' in part) yield part.records;
  } finally {
    stream.destroy();
  }
}

async function* partsOf(stream: Readable, options: RecordOptions): AsyncGenerator<RecordsPart> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const bytes = bytesOf(stream, limits);
  try {
    const { encoding, pieces } = await decoded(bytes, options.encoding);
    const first = await pieces.next();
    const begin = first.done ? '' : first.value.trimStart();
    const all = startingWith(first, pieces);
    if (isJson(begin)) yield* jsonRecords(all, { encoding, limits, rows: options.rows ?? '' });
    else if (begin.startsWith('<')) yield* xmlRecords(all, { encoding, limits, row: options.row });
    else yield* csvRecords(all, { encoding, limits, delimiter: options.delimiter, known: options.known });
  } finally {
    await bytes.return(undefined); // ends the unpacking, too
  }
}

async function* startingWith(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (!first.done) yield first.value;
  yield* rest;
}

function isJson(begin: string): boolean {
  return /^(\{\s*["}]|\[\s*[{"\]])/.test(begin);
}
