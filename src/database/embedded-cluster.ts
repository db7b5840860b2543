import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../errors.ts';
import { type Binaries, program } from './embedded-binaries.ts';
import { giveTo, openToAll, run } from './embedded-owner.ts';
import type { Cluster, Place } from './embedded-place.ts';

export const SUPERUSER = 'gangway';

/** Sees to it that the cluster exists, belongs to the owner, and was made by the same major version. */
export async function ensureCluster(place: Place, durable: boolean): Promise<void> {
  const { cluster, owner, binaries } = place;
  await refuseForeignFolder(dirname(cluster.folder));
  await removeHalfMade(cluster);
  if (!existsSync(cluster.folder)) return makeCluster(place, durable);
  await checkMajor(cluster, binaries);
  giveTo(owner, cluster.data);
}

/**
 * Only our own leftovers of an initdb that was cut short: a finished cluster is never deleted. One whose initdb still
 * dies slowly goes next time.
 */
async function removeHalfMade(cluster: Cluster): Promise<void> {
  const folder = dirname(cluster.folder);
  const halfMade = (await readdir(folder)).filter((name) => name.startsWith(`${basename(cluster.folder)}.new-`));
  const remove = (name: string) => rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  await Promise.allSettled(halfMade.map(remove));
}

async function makeCluster({ owner, binaries, cluster }: Place, durable: boolean): Promise<void> {
  const half = `${cluster.folder}.new-${randomBytes(4).toString('hex')}`;
  const data = join(half, 'data');
  const passwordFile = join(half, 'password');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600, flush: durable });
  giveTo(owner, half);
  openToAll(half);
  const initdb = program(binaries, 'initdb');
  await run(owner, initdb, ['-D', data, `--pwfile=${passwordFile}`, '--no-sync', ...settings(binaries.major)]);
  if (durable) {
    await run(owner, initdb, ['-D', data, '--sync-only']);
    await syncFolder(half);
  }
  await rename(half, cluster.folder);
  if (durable) await syncFolder(dirname(cluster.folder));
}

/** The same encoding, order and case rules on every operating system, and a password for every connection. */
function settings(major: number): string[] {
  const common = [`--username=${SUPERUSER}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
  if (major >= 17) return [...common, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return process.platform === 'linux' ? [...common, '--lc-ctype=C.UTF-8'] : common; // the nearest that 15 and 16 have
}

async function refuseForeignFolder(folder: string): Promise<void> {
  if (!existsSync(join(folder, 'PG_VERSION'))) return;
  throw new Fault(
    'database_unavailable',
    `${folder} is the data directory of another PostgreSQL server. Nothing was changed. Choose another data ` +
      'directory, or start that server and set DATABASE_URL.',
  );
}

async function checkMajor(cluster: Cluster, binaries: Binaries): Promise<void> {
  const major = Number.parseInt(await readFile(join(cluster.data, 'PG_VERSION'), 'utf8'), 10);
  if (major === binaries.major) return;
  throw new Fault(
    'database_unavailable',
    `the data in ${cluster.data} belongs to PostgreSQL ${major}, but PostgreSQL ${binaries.major} would run here. ` +
      `Nothing was changed. To keep the data, start it with PostgreSQL ${major}, save it with pg_dump and restore it ` +
      'into a new data directory (or into a server of your own, named by DATABASE_URL). To begin afresh, choose ' +
      'another data directory.',
  );
}

/** A rename or a new file outlives a power cut only when its folder is on disk too; Windows cannot open folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
