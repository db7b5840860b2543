import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../errors.ts';
import { type Binaries, findBinaries, packagedNative, program } from './embedded-binaries.ts';
import { canReach, canRun, isRoot, nobody, type Owner, openToAll, ROOT_WAYS, type RootWay } from './embedded-owner.ts';

/** A cluster's folder appears whole, by one rename, or not at all: data and password always belong together. */
export type Cluster = { folder: string; data: string; passwordFile: string; portFile: string; serverLog: string };

/** Which programs run, as whom, on which cluster. */
export type Place = { owner: Owner; binaries: Binaries; cluster: Cluster };

/** What a test can set to meet machines other than its own. */
export type Circumstances = { native: string | null; rootWays: RootWay[]; stateFolder: string };

const USUAL: Circumstances = { native: packagedNative(), rootWays: ROOT_WAYS, stateFolder: '/var/lib/gangway' };

/** The cluster of a data directory: below it, or where a link there says that it was put for root's sake. */
export function clusterIn(home: string): Cluster {
  const link = join(home, 'cluster');
  return clusterAt(isLink(link) ? readlinkSync(link) : link);
}

function clusterAt(folder: string): Cluster {
  const data = join(folder, 'data');
  return {
    folder,
    data,
    passwordFile: join(folder, 'password'),
    portFile: join(folder, 'port'),
    serverLog: join(data, 'server.log'),
  };
}

/** Finds programs and an identity under which PostgreSQL agrees to run on this directory. */
export async function choosePlace(home: string, circumstances: Partial<Circumstances>): Promise<Place> {
  const given = { ...USUAL, ...circumstances };
  const binaries = await findBinaries({ native: given.native, copyTo: home });
  const cluster = clusterIn(home);
  if (!isRoot()) return { owner: { prefix: [] }, binaries, cluster };
  for (const way of given.rootWays) {
    const place = await PLACES[way]({ home, binaries, cluster, stateFolder: given.stateFolder });
    if (place) return place;
  }
  throw new Fault(
    'database_unavailable',
    `PostgreSQL does not run as root, and ${home} cannot be reached by another user. Start gangway as an ordinary ` +
      'user, choose a data directory that user "nobody" can reach, or set DATABASE_URL to a server of your own.',
  );
}

type Question = { home: string; binaries: Binaries; cluster: Cluster; stateFolder: string };

const PLACES: Record<RootWay, (question: Question) => Promise<Place | null>> = {
  nobody: async ({ home, binaries, cluster }) => {
    const owner = ownerOf(cluster.data) ?? nobody();
    const folder = existsSync(cluster.folder) ? cluster.folder : home;
    const fits = canReach(owner, folder) && canRun(owner, program(binaries, 'postgres'));
    return fits ? { owner, binaries, cluster } : null;
  },
  unshare: async ({ binaries, cluster }) => {
    const owner: Owner = { prefix: ['unshare', '-U'] };
    return canRun(owner, program(binaries, 'postgres')) ? { owner, binaries, cluster } : null;
  },
  copy: async ({ home, binaries, cluster, stateFolder }) => {
    const owner = ownerOf(cluster.data) ?? nobody();
    makePassable(stateFolder);
    const copied = await findBinaries({ native: binaries.native, copyTo: stateFolder, copied: true });
    const exists = existsSync(cluster.folder);
    const reachable = canReach(owner, exists ? cluster.folder : home);
    if (exists && !reachable) return null; // existing data is not moved
    const place = { owner, binaries: copied, cluster: reachable ? cluster : clusterElsewhere(home, stateFolder) };
    const fits = canReach(owner, dirname(place.cluster.folder)) && canRun(owner, program(copied, 'postgres'));
    return fits ? place : null;
  },
};

/** Where root's data goes when its own folder is closed to all others; a link keeps the way there. */
function clusterElsewhere(home: string, stateFolder: string): Cluster {
  const folder = join(stateFolder, createHash('sha256').update(home).digest('hex').slice(0, 12));
  makePassable(folder);
  if (!isLink(join(home, 'cluster'))) symlinkSync(join(folder, 'cluster'), join(home, 'cluster'));
  return clusterIn(home);
}

/** An ordinary user's data stays theirs when root starts the server once. */
function ownerOf(data: string): Owner | null {
  if (!existsSync(data)) return null;
  const { uid, gid } = statSync(data);
  return uid === 0 ? null : { uid, gid, prefix: [] };
}

function makePassable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  openToAll(folder);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
