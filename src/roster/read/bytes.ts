import { pipeline, type Readable, Readable as Stream } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isFault } from '../../errors.ts';
import type { RosterLimits } from './limits.ts';
import { unreadable } from './unreadable.ts';

const BLOCK = 65_536;

/**
 * The bytes of a roster in blocks of the same size, the last one aside; gzip is recognised by its first bytes and
 * unpacked. What ends early, is damaged or too large throws: a part of a file never looks like a whole one.
 */
export async function* bytesOf(stream: Readable, limits: RosterLimits): AsyncGenerator<Buffer> {
  const blocks = inBlocks(received(stream));
  const first = await blocks.next();
  if (first.done) throw unreadable('the file is empty: export it again, with a line of headers and everybody in it');
  refuseOtherFormats(first.value);
  const all = startingWith(first.value, blocks);
  const unpacked = isGzip(first.value) ? inBlocks(gunzipped(all)) : all;
  yield* capped(unpacked, limits);
}

async function* received(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } catch (error) {
    if (isFault(error)) throw error; // the caller has its own limits
    throw unreadable('the upload broke off before the file was complete: send it again', error);
  }
}

async function* inBlocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < BLOCK) continue;
    const joined = waiting.length === 1 ? chunk : Buffer.concat(waiting);
    const whole = length - (length % BLOCK);
    for (let at = 0; at < whole; at += BLOCK) yield joined.subarray(at, at + BLOCK);
    waiting = whole < length ? [joined.subarray(whole)] : [];
    length -= whole;
  }
  if (length > 0) yield Buffer.concat(waiting);
}

async function* startingWith(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = pipeline(Stream.from(packed), createGunzip(), () => {}); // its errors come out of the loop below
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    if (isFault(error)) throw error;
    throw unreadable('the gzip file is damaged or cut off: pack it again, or send it unpacked', error);
  }
}

async function* capped(blocks: AsyncIterable<Buffer>, { bytes }: RosterLimits): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const block of blocks) {
    seen += block.length;
    if (seen > bytes) throw unreadable(`the file has more than ${bytes} bytes when unpacked: send fewer columns`);
    yield block;
  }
  // an empty file in gzip
  if (seen === 0) throw unreadable('the packed file is empty: export it again');
}

function isGzip(block: Buffer): boolean {
  return block[0] === 0x1f && block[1] === 0x8b;
}

function refuseOtherFormats(block: Buffer): void {
  const begins = block.toString('latin1', 0, 4);
  if (begins === 'PK\x03\x04') {
    throw unreadable('this is a ZIP archive or an Excel workbook: save it as CSV UTF-8, or pack it with gzip');
  }
  if (begins === '%PDF' || begins === '\xd0\xcf\x11\xe0') {
    throw unreadable('this is neither CSV nor XML: export the table as CSV UTF-8');
  }
}
