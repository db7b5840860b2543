import { realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Fault } from '../errors.ts';
import type { Cluster } from './embedded-place.ts';

/** One idle connection for as long as this process uses the server: how the others see that they are not the last. */
export type Presence = { leave(): Promise<void> };

/** pg has these two, its types do not. */
type Connected = pg.Client & { ref(): void; unref(): void };

const AGAIN_MS = 1_000;
const LEAVING_MS = 300;
/** Wrong password or user, missing database: trying again cannot help. */
const REFUSED = ['28P01', '28000', '3D000'];

/** Connects and makes sure that the server behind the port is this cluster's. */
export async function joinServer(url: string, cluster: Cluster): Promise<Presence> {
  let client = await connect(url, cluster);
  let left = false;
  const comeBack = () => {
    if (left) return;
    setTimeout(() => {
      connect(url, cluster).then(hold, comeBack);
    }, AGAIN_MS).unref();
  };
  const hold = (connected: Connected) => {
    client = connected;
    client.unref();
    if (left) void client.end();
    else client.once('end', comeBack); // the server went away, and may be started again by another process
  };
  hold(client);
  const leave = async () => {
    left = true;
    client.ref(); // else Node may exit before the server has seen us go
    await client.end().catch(() => {});
  };
  return { leave };
}

/** True when other sessions than this one stay; our own pool's may need a moment to end after it was closed. */
export async function othersUse(url: string, cluster: Cluster): Promise<boolean> {
  const client = await connect(url, cluster);
  try {
    const deadline = Date.now() + LEAVING_MS;
    while ((await countOthers(client)) > 0) {
      if (Date.now() > deadline) return true;
      await sleep(20);
    }
    return false;
  } finally {
    await client.end();
  }
}

async function countOthers(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  return rows[0]?.count ?? 0;
}

async function connect(url: string, cluster: Cluster): Promise<Connected> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'gangway presence',
    connectionTimeoutMillis: 2_000,
    keepAlive: true,
  }) as Connected;
  client.on('error', () => {}); // 'end' follows; without a listener it would end the process
  try {
    await client.connect();
    await checkCluster(client, cluster);
  } catch (error) {
    await client.end().catch(() => {});
    throw refusal(error, cluster) ?? error;
  }
  return client;
}

async function checkCluster(client: pg.Client, cluster: Cluster): Promise<void> {
  const { rows } = await client.query<{ data_directory: string }>('show data_directory');
  const served = rows[0]?.data_directory ?? '';
  if (!isSameFolder(served, cluster.data)) throw notOurs(cluster, `it serves ${served}`);
}

function isSameFolder(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false; // it was moved while the server ran
  }
}

function refusal(error: unknown, cluster: Cluster): Fault | null {
  const { code, message } = error as { code?: string; message?: string };
  return REFUSED.includes(code ?? '') ? notOurs(cluster, `it answers: ${message}`, error) : null;
}

function notOurs(cluster: Cluster, why: string, cause?: unknown): Fault {
  return new Fault(
    'database_unavailable',
    `the server named in ${cluster.data}/postmaster.pid is not usable: ${why}. If it belongs to another cluster, ` +
      `stop it; if ${cluster.passwordFile} was changed, put the old one back; if the folder was moved, move it back.`,
    { cause },
  );
}
