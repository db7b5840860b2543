import { chmod, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/database/embedded.ts';
import { isAlive } from '../../src/database/embedded-lock.ts';
import { migrate } from '../../src/database/migrate.ts';
import { openPool } from '../../src/database/pool.ts';
import { createLog } from '../../src/log.ts';
import { removeCluster } from './cluster.ts';
import { databaseUrl, sql, TEMPLATE } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    serverUrl: string;
  }
}

const PREFIX = 'gangway-test-';

/** One PostgreSQL for the whole run, with one migrated template that every test file's database is copied from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  checkNode();
  const server = await startServer();
  try {
    await makeTemplate(server.url);
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('serverUrl', server.url);
  return server.stop;
}

function checkNode(): void {
  if (Number(process.versions.node.split('.')[0]) >= 24) return;
  throw new Error(
    `The tests need Node 24 or newer and this is ${process.versions.node}. ` +
      'Run them with `npm test`, which uses the Node that `npm ci` has installed.',
  );
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.GANGWAY_TEST_DATABASE_URL;
  if (given) return { url: given, stop: async () => {} };
  await sweep();
  const dataDir = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(dataDir, 0o755); // started by root, PostgreSQL runs as another user
  const remove = () => removeCluster(dataDir);
  try {
    const server = await startEmbedded({ dataDir, log: createLog('warn'), durable: false });
    return { url: server.url, stop: () => server.stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Ends the servers of runs that were killed; their directories are named after the process that made them. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : 0;
    if (!(pid > 0) || isAlive(pid)) continue;
    await removeCluster(join(tmpdir(), name));
  }
}

async function makeTemplate(url: string): Promise<void> {
  await sql(url, `drop database if exists ${TEMPLATE} with (force)`);
  await sql(url, `create database ${TEMPLATE}`);
  const db = openPool({ url: databaseUrl(url, TEMPLATE), max: 2 });
  await migrate(db, { partitioned: process.env.GANGWAY_TEST_PARTITIONED === '1' }).finally(() => db.destroy());
}
