import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './embedded-lock.ts';
import type { Cluster } from './embedded-place.ts';

/** What postmaster.pid tells about the server of a cluster. */
export type Postmaster = { pid: number; port: number; status: string };

/** The living server of this cluster, or null: a pid file left by a crash may name a process that is something else. */
export function findPostmaster(cluster: Cluster): Postmaster | null {
  const postmaster = readPidFile(cluster);
  return postmaster && isPostmaster(postmaster.pid, cluster) ? postmaster : null;
}

/** True while this process is the server of the cluster. */
export function isPostmaster(pid: number, cluster: Cluster): boolean {
  if (!(pid > 0) || !isAlive(pid)) return false;
  try {
    if (process.platform === 'linux') return isPostmasterByProc(pid, cluster);
    return nameOf(pid).includes('postgres');
  } catch {
    return false; // gone meanwhile, or somebody else's
  }
}

/** A zombie whose parent never waits for it still has a pid, as it happens in containers. */
function isPostmasterByProc(pid: number, cluster: Cluster): boolean {
  const [, name, state] = /\((.*)\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  return name === 'postgres' && state !== 'Z' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster.data);
}

function nameOf(pid: number): string {
  const [command, args]: [string, string[]] =
    process.platform === 'win32'
      ? ['tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']]
      : ['ps', ['-o', 'comm=', '-p', String(pid)]];
  return execFileSync(command, args, { encoding: 'utf8' });
}

/**
 * Makes a pid file that a crash left behind harmless: its pid may belong to another program now, which would stop the
 * next server. PostgreSQL takes its parent's pid for a stale one and then still checks that no old backend uses the
 * shared memory, which removing the file would skip.
 */
export function disownPidFile(cluster: Cluster): void {
  if (!readPidFile(cluster)) return;
  const file = pidFile(cluster);
  if (process.platform === 'win32')
    rmSync(file); // there the shared memory is found by the folder's name
  else writeFileSync(file, readFileSync(file, 'utf8').replace(/^.*/, String(process.pid)));
}

function readPidFile(cluster: Cluster): Postmaster | null {
  try {
    const lines = readFileSync(pidFile(cluster), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? '' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function pidFile(cluster: Cluster): string {
  return join(cluster.data, 'postmaster.pid');
}
