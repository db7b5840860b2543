import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import { ensureCluster, SUPERUSER } from './embedded-cluster.ts';
import { withLock } from './embedded-lock.ts';
import { type Circumstances, type Cluster, choosePlace, clusterIn } from './embedded-place.ts';
import { findPostmaster, type Postmaster } from './embedded-postmaster.ts';
import { joinServer, othersUse, type Presence } from './embedded-presence.ts';
import { launch, shutDown, unavailable } from './embedded-server.ts';
import { isOutage } from './outage.ts';

export type EmbeddedOptions = {
  /** Everything is kept below it: the cluster, its password, the server's log. */
  dataDir: string;
  log: Log;
  /** False gives up safety against power cuts for speed; for tests. */
  durable?: boolean;
};

/** A private PostgreSQL that this process uses; `adopted` when it was already running. */
export type Embedded = { url: string; pid: number; adopted: boolean; stop(): Promise<void> };

const PATIENCE_MS = 5_000;
const RECOVERY_MS = 60_000;

/** These pass by themselves: old backends still hold the shared memory, or another program took the free port. */
const PASSING =
  /pre-existing shared memory|lock file "postmaster.pid" already exists|could not bind|could not create any/;

/**
 * Gives the private PostgreSQL of a data directory: joins the one that runs, otherwise starts it, making the cluster
 * the first time. Any number of processes may do so at once; the last one to stop ends the server. One that was
 * killed leaves it running for the next.
 */
export async function startEmbedded(
  options: EmbeddedOptions,
  circumstances: Partial<Circumstances> = {},
): Promise<Embedded> {
  try {
    mkdirSync(options.dataDir, { recursive: true });
    const home = realpathSync(options.dataDir);
    const started = await withLock(lockOf(home), () => adoptOrStart(home, options, circumstances));
    return asEmbedded(home, started, options.log);
  } catch (error) {
    throw explained(error, options.dataDir);
  }
}

function asEmbedded(home: string, { url, adopted, postmaster, presence }: Started, log: Log): Embedded {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await presence.leave();
    await withLock(lockOf(home), () => stopUnlessUsed(clusterIn(home), log));
  };
  return {
    url,
    pid: postmaster.pid,
    adopted,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function lockOf(home: string): string {
  return join(home, 'starting.lock');
}

type Started = { url: string; adopted: boolean; postmaster: Postmaster; presence: Presence };

async function adoptOrStart(home: string, options: EmbeddedOptions, given: Partial<Circumstances>): Promise<Started> {
  const begin = Date.now();
  for (;;) {
    const cluster = clusterIn(home);
    const running = findPostmaster(cluster);
    try {
      const started = await (running ? adopt(cluster, running) : start(home, options, given));
      const { pid, port } = started.postmaster;
      options.log.info({ pid, port, adopted: started.adopted, ms: Date.now() - begin }, 'database ready');
      return started;
    } catch (error) {
      const patience = running?.status === 'starting' ? RECOVERY_MS : PATIENCE_MS;
      if (!passes(error, running) || Date.now() - begin > patience) throw withLog(error, cluster);
    }
    await sleep(100);
  }
}

/** A living server that does not answer is starting, stopping or crashing; it will soon answer or be gone. */
function passes(error: unknown, running: Postmaster | null): boolean {
  if (isFault(error)) return PASSING.test(error.message);
  return running !== null;
}

function withLog(error: unknown, cluster: Cluster): unknown {
  if (!isOutage(error)) return error;
  return unavailable(cluster, 'PostgreSQL runs but does not answer', { cause: error });
}

/** A file that cannot be read or written is the operator's to mend, like everything else that stops the database. */
function explained(error: unknown, dataDir: string): unknown {
  if (isFault(error) || !(error instanceof Error) || !('syscall' in error)) return error;
  return new Fault(
    'database_unavailable',
    `the database in ${dataDir} cannot be started: ${error.message}. Start gangway as the user who owns that ` +
      'directory, choose another data directory, or set DATABASE_URL to a server of your own.',
    { cause: error },
  );
}

async function adopt(cluster: Cluster, postmaster: Postmaster): Promise<Started> {
  const url = urlOf(cluster, postmaster);
  return { url, postmaster, adopted: true, presence: await joinServer(url, cluster) };
}

async function start(
  home: string,
  { durable = true, log }: EmbeddedOptions,
  given: Partial<Circumstances>,
): Promise<Started> {
  const place = await choosePlace(home, given);
  const { folder } = place.cluster;
  if (!folder.startsWith(home))
    log.warn({ folder }, 'only root can enter the data directory: the database is elsewhere');
  await ensureCluster(place, durable);
  const postmaster = await launch(place, durable);
  return adopt(place.cluster, postmaster).then(
    (started) => ({ ...started, adopted: false }),
    async (error) => {
      await shutDown(place.cluster, postmaster.pid); // nobody would ever stop it
      throw error;
    },
  );
}

function urlOf(cluster: Cluster, { port }: Postmaster): string {
  const password = readFileSync(cluster.passwordFile, 'utf8');
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;
}

async function stopUnlessUsed(cluster: Cluster, log: Log): Promise<void> {
  const running = findPostmaster(cluster);
  if (!running) return;
  if (await isUsed(cluster, running)) {
    log.info('database left running for another process');
    return;
  }
  await shutDown(cluster, running.pid);
  log.info({ pid: running.pid }, 'database stopped');
}

/** A server that does not let us look has too many sessions, or is going down by itself. */
async function isUsed(cluster: Cluster, running: Postmaster): Promise<boolean> {
  return othersUse(urlOf(cluster, running), cluster).catch((error) => {
    if (isOutage(error)) return true;
    throw error;
  });
}
