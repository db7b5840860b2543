import { execFileSync, spawn } from 'node:child_process';
import { chownSync, closeSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../errors.ts';
import { program } from './embedded-binaries.ts';
import { childOptions, commandFor, run } from './embedded-owner.ts';
import type { Cluster, Place } from './embedded-place.ts';
import { disownPidFile, findPostmaster, isPostmaster, type Postmaster } from './embedded-postmaster.ts';

/** Why a server that is coming up has given up, or null as long as it has not. */
type Problem = () => string | null;

const WINDOWS = process.platform === 'win32';
const LOG_LIMIT = 10_000_000;
const LOG_TAIL = 2_000;
const READY_MS = 60_000;
const STOP_MS = 30_000;

/** Starts the server and waits until it takes connections; it does not keep this process alive, nor end with it. */
export async function launch(place: Place, durable: boolean): Promise<Postmaster> {
  const { cluster } = place;
  disownPidFile(cluster);
  const port = await choosePort(cluster);
  const settings = Object.entries(serverSettings(durable)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const logged = logSize(cluster);
  const problem = await (WINDOWS ? spawnByPgCtl : spawnPostmaster)(place, ['-p', String(port), ...settings]);
  const postmaster = await untilReady(cluster, problem, logged);
  writeFileSync(cluster.portFile, String(port));
  return postmaster;
}

/** Memory is left at initdb's own small choice (128 MB of buffers, 100 connections): postgresql.conf can raise it. */
function serverSettings(durable: boolean): Record<string, string> {
  const fast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const common = { listen_addresses: '127.0.0.1', timezone: 'UTC', log_timezone: 'UTC', jit: 'off' };
  return { ...common, ...(WINDOWS ? {} : { unix_socket_directories: '' }), ...(durable ? {} : fast) };
}

/** The port of last time when it is free, so that pools of other processes find the server again after a crash. */
async function choosePort(cluster: Cluster): Promise<number> {
  const last = Number(readIfThere(cluster.portFile));
  return (last > 0 ? await freePort(last) : null) ?? (await freePort(0)) ?? 0;
}

async function freePort(wanted: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}

/** Its own process group: Ctrl-C in a terminal must reach gangway first, which then stops the server in good order. */
function spawnPostmaster({ owner, binaries, cluster }: Place, args: string[]): Problem {
  const log = openLog(cluster, owner.uid, owner.gid);
  const [command, rest] = commandFor(owner, program(binaries, 'postgres'), ['-D', cluster.data, ...args]);
  const child = spawn(command, rest, { ...childOptions(owner), detached: true, stdio: ['ignore', log, log] });
  let failure: string | null = null;
  child.on('error', (error) => {
    failure = error.message;
  });
  child.unref();
  closeSync(log);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return () => failure ?? (hasEnded() ? 'it ended' : null);
}

/** On Windows, pg_ctl drops an administrator's rights, which PostgreSQL would refuse. */
async function spawnByPgCtl({ owner, binaries, cluster }: Place, args: string[]): Promise<Problem> {
  const options = ['start', '-W', '-D', cluster.data, '-l', cluster.serverLog, '-o', args.join(' ')];
  await run(owner, program(binaries, 'pg_ctl'), options);
  return () => null;
}

function openLog(cluster: Cluster, uid?: number, gid?: number): number {
  const file = cluster.serverLog;
  if (logSize(cluster) > LOG_LIMIT) renameSync(file, `${file}.old`);
  const log = openSync(file, 'a', 0o600);
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
  return log;
}

async function untilReady(cluster: Cluster, problem: Problem, logged: number): Promise<Postmaster> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const postmaster = findPostmaster(cluster);
    if (postmaster?.status === 'ready') return postmaster;
    const why = problem();
    if (why) throw unavailable(cluster, `PostgreSQL did not start: ${why}`, { logged });
    await sleep(15);
  }
  // left alive: ending a recovery would only make the next one begin again
  throw unavailable(cluster, `PostgreSQL recovers for more than ${READY_MS / 1000} s; start again later`, { logged });
}

/** Asks the server to end its sessions and itself (a "fast" shutdown) and waits for that. */
export async function shutDown(cluster: Cluster, pid: number): Promise<void> {
  if (WINDOWS) stopByPgCtl(cluster);
  else process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_MS;
  while (isPostmaster(pid, cluster)) {
    if (Date.now() > deadline) throw unavailable(cluster, `PostgreSQL (pid ${pid}) did not stop`);
    await sleep(15);
  }
}

/** Windows has no signals; the server keeps the path of its program in postmaster.opts. */
function stopByPgCtl(cluster: Cluster): void {
  const options = readIfThere(join(cluster.data, 'postmaster.opts'));
  const postgres = /^"?(.*?postgres)(\.exe)?"?\s/i.exec(options)?.[1] ?? '';
  execFileSync(join(dirname(postgres), 'pg_ctl.exe'), ['stop', '-D', cluster.data, '-m', 'fast', '-W']);
}

/** A Fault that carries the end of the server's log (what was `logged` before is left out): PostgreSQL says why. */
export function unavailable(cluster: Cluster, what: string, options: ErrorOptions & { logged?: number } = {}): Fault {
  const { logged = 0, ...rest } = options;
  const fresh = Buffer.from(readIfThere(cluster.serverLog)).subarray(logged);
  const tail = fresh.subarray(-LOG_TAIL).toString().trim();
  const hint = `See ${cluster.serverLog}, or set DATABASE_URL to a server of your own.`;
  return new Fault('database_unavailable', `${what}. ${hint}${tail ? ` It ends with:\n${tail}` : ''}`, rest);
}

function logSize(cluster: Cluster): number {
  return statSync(cluster.serverLog, { throwIfNoEntry: false })?.size ?? 0;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
