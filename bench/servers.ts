import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate } from '../src/database/migrate.ts';
import { openPool } from '../src/database/pool.ts';
import { attachTarget, createConnection, setState } from '../src/directory/connections.ts';
import { issueToken } from '../src/directory/credentials.ts';
import { createTarget } from '../src/directory/targets.ts';
import { createTenant } from '../src/directory/tenants.ts';
import { FLOOR_SCHEMA } from './floor-sql.ts';

export type ServerKind = 'floor' | 'gangway';
export type Server = { kind: ServerKind; base: string; token: string; pid: number; url: string; stop(): Promise<void> };
export type GangwayOptions = { dataDir: string; withWorker?: boolean; profileDir?: string; flags?: readonly string[] };

const READY_MS = 60_000;

/** Starts the floor on an empty database of its own. */
export async function startFloor(server: string, database: string): Promise<Server> {
  const url = await emptyDatabase(server, database);
  await runSql(url, FLOOR_SCHEMA);
  const started = await startProcess([here('floor.ts')], { DATABASE_URL: url });
  return { kind: 'floor', url, token: 'none', ...started };
}

/**
 * Starts Gangway on an empty database of its own, with one connection that feeds one target: each write makes work due.
 * Nobody does that work, unless asked for, so that deliveries do not mix with what is measured.
 */
export async function startGangway(server: string, database: string, options: GangwayOptions): Promise<Server> {
  const url = await emptyDatabase(server, database);
  const { token } = await provision(url, options.withWorker === true);
  return serveGangway(url, token, options);
}

/** Starts Gangway on a database that has been provisioned before. */
export async function serveGangway(url: string, token: string, options: GangwayOptions): Promise<Server> {
  const profile = options.profileDir ? ['--cpu-prof', `--cpu-prof-dir=${options.profileDir}`] : [];
  const role = options.withWorker ? 'all' : 'api';
  const started = await startProcess(
    [...profile, ...(options.flags ?? []), here('../src/main.ts'), 'serve', '--json', '--role', role],
    {
      DATABASE_URL: url,
      GANGWAY_DATA: options.dataDir,
      PORT: '0',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_PER_SECOND: '0',
    },
  );
  return { kind: 'gangway', url, token, ...started };
}

/** One connection with one target in an empty database. */
export async function provision(url: string, enabled: boolean): Promise<{ token: string; connectionId: string }> {
  const db = openPool({ url, max: 2 });
  try {
    await migrate(db);
    const tenantId = await createTenant(db, 'bench');
    const target = await createTarget(db, tenantId, { name: 'app', kind: 'sandbox', settings: {}, secrets: null });
    const policy = { invite: 'automatic' } as const;
    const connection = await createConnection(db, tenantId, { name: 'idp', profile: 'generic', policy });
    await attachTarget(db, connection, target.id);
    if (enabled) await setState(db, tenantId, connection.id, 'enabled');
    return { token: (await issueToken(db, connection)).token, connectionId: connection.id };
  } finally {
    await db.destroy();
  }
}

/** Makes a database and returns its address. */
export async function emptyDatabase(server: string, name: string): Promise<string> {
  await runSql(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs SQL on a connection of its own and returns the rows of a single statement. */
export async function runSql(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

/** Starts a server that says where it is in a line of JSON. */
export async function startProcess(args: string[], environment: Record<string, string>) {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { scim, pid } = await readyLine(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { base: scim, pid, stop };
}

/** Each server prints one JSON line when it answers. */
async function readyLine(child: ChildProcess): Promise<{ scim: string; pid: number }> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream }); // stdio above makes it a pipe
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the server was not ready in time')), READY_MS);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    lines.once('line', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line));
    });
  });
}
