import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Fault, isFault } from '../errors.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import type { RosterProfile } from '../roster/profile.ts';
import type { RosterCheck } from '../roster/read/check.ts';
import type { Proposal } from '../roster/read/propose.ts';
import type { RosterFile } from './roster-file.ts';

/*
 * What can be said of a file without a server: the same code reads it there. It is imported when a command needs it, so that
 * the others start at once.
 */

type Hints = { readonly encoding?: string | undefined; readonly row?: string | undefined };

/** A profile as somebody wrote it, with what is left out; throws a ZodError that names what is wrong. */
export async function readProfile(written: unknown, extensions?: readonly ExtensionSchema[]): Promise<RosterProfile> {
  const { parseProfile } = await import('../roster/profile.ts');
  return parseProfile(written, extensions);
}

/** A profile to begin with, from the headers and first rows of a file. */
export async function propose({ path }: RosterFile, { encoding, row }: Hints = {}): Promise<Proposal> {
  const [{ sampleRoster }, { proposeProfile }, { ENCODINGS }] = await Promise.all([
    import('../roster/read/sample.ts'),
    import('../roster/read/propose.ts'),
    import('../roster/profile.ts'),
  ]);
  const known = ENCODINGS.find((one) => one === encoding);
  if (encoding !== undefined && !known) {
    throw new Fault('config_invalid', `--encoding: there is no "${encoding}"; there are ${ENCODINGS.join(', ')}`);
  }
  const { shape, rows } = await sampleRoster(createReadStream(path), { encoding: known, row });
  return proposeProfile(shape.headers, rows, shape);
}

/** Reads the whole file as the server would. */
export async function check(
  { path }: RosterFile,
  profile: RosterProfile,
  extensions: readonly ExtensionSchema[] = [],
): Promise<RosterCheck> {
  const { checkRoster } = await import('../roster/read/check.ts');
  return checkRoster(() => createReadStream(path), profile, { extensions });
}

/** Whether the file is in our own format, which needs no profile: it has the column of the key. */
export async function isOwnFormat({ path }: RosterFile): Promise<boolean> {
  const [own, { sampleRoster }, { columnsOf }] = await Promise.all([
    readProfile({}),
    import('../roster/read/sample.ts'),
    import('../roster/read/columns.ts'),
  ]);
  const columns = columnsOf(own, []);
  const { shape } = await sampleRoster(createReadStream(path), { most: 1 }).catch(notUtf8);
  return shape.headers.some((header) => columns.of(header)?.isKey);
}

/** Of a file in another encoding only its profile can say what it is. */
function notUtf8(error: unknown): never {
  const hint = 'or make a profile for it: gangway roster propose FILE --encoding windows-1252 --out profile.yaml';
  if (!isFault(error, 'roster_unreadable') || !error.message.includes('is not UTF-8')) throw error;
  throw new Fault('roster_unreadable', `${error.message}, ${hint}`, { cause: error });
}

/** Writes the rows that are not taken to a file, as XML or JSON where it is called so, else as CSV. */
export async function writeErrors(
  { path }: RosterFile,
  profile: RosterProfile,
  { twins, shape }: RosterCheck,
  to: string,
  extensions: readonly ExtensionSchema[] = [],
): Promise<void> {
  const [{ rejectedIn }, files] = await Promise.all([
    import('../roster/read/check.ts'),
    import('../roster/error-file.ts'),
  ]);
  const rows = rejectedIn(() => createReadStream(path), profile, twins, { extensions });
  const text = /\.xml$/i.test(to)
    ? files.xmlErrorFile(rows, profile.row)
    : /\.json$/i.test(to)
      ? files.jsonErrorFile(rows)
      : files.csvErrorFile(rows, shape.headers, shape.delimiter ?? ',');
  await pipeline(text, createWriteStream(to));
}
