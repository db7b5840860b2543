import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isFault } from '../../src/errors.ts';
import { parseProfile, type RosterProfileInput } from '../../src/roster/profile.ts';
import type { RosterRecord } from '../../src/roster/read/record.ts';
import { type RecordOptions, readRecords } from '../../src/roster/read/records.ts';
import { type RosterOptions, readRoster } from '../../src/roster/read/roster.ts';
import type { RosterItem, Shape } from '../../src/roster/row.ts';

export const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples', 'rosters');
const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'rosters');

/** A file of test/fixtures/rosters as a stream. */
export function fixture(name: string): Readable {
  return createReadStream(join(FIXTURES, name));
}

/** Text or bytes as a stream, in pieces of so many bytes. */
export function streamOf(content: string | Buffer, size = Number.POSITIVE_INFINITY): Readable {
  const bytes = Buffer.from(content as string);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return Readable.from(pieces, { objectMode: false });
}

export type Read = { shape: Shape; items: RosterItem[] };

/** All that something yields. */
export async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Reads a roster to its end. */
export async function readAll(
  stream: Readable | string | Buffer,
  profile: RosterProfileInput = {},
  options: RosterOptions = {},
): Promise<Read> {
  const source = stream instanceof Readable ? stream : streamOf(stream);
  const { shape, items } = readRoster(source, parseProfile(profile, options.extensions), options);
  const all = await collected(items);
  return { shape: await shape, items: all };
}

/** The people of a roster. */
export function peopleOf({ items }: Read) {
  return items.flatMap((item) => (item.kind === 'row' ? [item.row] : []));
}

/** What was rejected, as `line column code`. */
export function rejectsOf({ items }: Read): string[] {
  return items.flatMap((item) =>
    item.kind === 'rejected' ? item.rejects.map(({ line, column, code }) => `${line} ${column ?? '-'} ${code}`) : [],
  );
}

/** The rows of a file as they stand there. */
export async function recordsOf(
  content: string | Buffer | Readable,
  options: Partial<RecordOptions> = {},
): Promise<RosterRecord[]> {
  const stream = content instanceof Readable ? content : streamOf(content);
  const { batches } = readRecords(stream, { row: 'employee', known: new Set(), ...options });
  return (await collected(batches)).flat();
}

/** The message of the Fault that a whole file is refused with. */
export async function refusal(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
  } catch (error) {
    if (isFault(error, 'roster_unreadable')) return error.message;
    throw error;
  }
  throw new Error('the file was read');
}
