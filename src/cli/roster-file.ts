import { createReadStream, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Fault } from '../errors.ts';

/** A roster on this machine. */
export type RosterFile = { readonly path: string; readonly bytes: number };

/** Looks a file up; throws in words when it is not there or is no file. */
export function rosterFile(path: string): RosterFile {
  const found = statOf(path);
  if (!found.isFile()) throw new Fault('config_invalid', `${path} is no file: name the CSV or XML itself`);
  return { path, bytes: found.size };
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (cause) {
    throw new Fault('config_invalid', `cannot read ${path}: is the path right, and may you read it?`, { cause });
  }
}

/** The file packed with gzip while it is sent; `onBytes` is told how much of it has been read. */
export function packed({ path }: RosterFile, onBytes: (bytes: number) => void): ReadableStream {
  let read = 0;
  const source = createReadStream(path);
  source.on('data', (chunk) => {
    read += chunk.length;
    onBytes(read);
  });
  if (/\.gz$/i.test(path)) return Readable.toWeb(source) as ReadableStream; // the two types are one at run time
  const gzip = createGzip();
  source.on('error', (error) => gzip.destroy(error));
  gzip.on('close', () => source.destroy());
  return Readable.toWeb(source.pipe(gzip)) as ReadableStream;
}

/** What is sent along with it: whether it is a CSV or an XML. */
export function typeOf(path: string): string {
  return isXml(path) ? 'application/xml' : 'text/csv';
}

/** True for an XML by its name. */
export function isXml(path: string): boolean {
  return /\.xml(\.gz)?$/i.test(path);
}

/** Where the rows that were not taken are written, beside the file: `employees.errors.csv`, and never the file itself. */
export function errorFileBeside(path: string): string {
  const [, stem = '', number] =
    /^(.+?)(?:\.errors(?:-(\d+))?)?(?:\.(?:csv|txt|xml|tsv))?(?:\.gz)?$/i.exec(basename(path)) ?? [];
  const isOne = /\.errors(-\d+)?\.(csv|xml)$/i.test(path);
  const ending = isOne ? `.errors-${Number(number ?? 1) + 1}` : '.errors';
  return join(dirname(path), `${stem}${ending}.${isXml(path) ? 'xml' : 'csv'}`);
}
