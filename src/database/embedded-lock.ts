import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../errors.ts';

const BEAT_MS = 2_000;
const SILENT_MS = 20_000;
const PATIENCE_MS = 120_000;

/** What this process holds: in a container it may well have the same pid as the killed one before it. */
const held = new Set<string>();

/**
 * Runs `body` while no other process on this machine runs one for the same file. The lock only saves wasted work and
 * races on shutdown; PostgreSQL's own postmaster.pid and the rename of a finished cluster keep the data safe without it.
 */
export async function withLock<T>(file: string, body: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${randomUUID()}`;
  held.add(mine);
  try {
    await take(file, mine);
    return await whileBeating(file, body);
  } finally {
    held.delete(mine);
    if ((await textOf(file)) === mine) await rm(file, { force: true });
  }
}

/** A holder may wait for a long recovery: the beat tells it apart from one whose pid was given to another program. */
async function whileBeating<T>(file: string, body: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => utimes(file, new Date(), new Date()).catch(() => {}), BEAT_MS);
  return body().finally(() => clearInterval(beat));
}

async function take(file: string, mine: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await tryTake(file, mine))) {
    if (Date.now() > deadline) {
      throw new Fault(
        'database_unavailable',
        `another process has been starting or stopping the database for ${PATIENCE_MS / 1000} s (${file}). ` +
          'If no such process exists, remove that file.',
      );
    }
    await sleep(15);
  }
}

async function tryTake(file: string, mine: string): Promise<boolean> {
  try {
    await writeFile(file, mine, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return isAbandoned(file) && (await replace(file, mine));
  }
}

/** Two processes may both replace a dead one's lock; the last rename wins, and both look again to learn who it was. */
async function replace(file: string, mine: string): Promise<boolean> {
  const next = `${file}.${randomUUID()}`;
  await writeFile(next, mine, { mode: 0o600 });
  if (!isAbandoned(file)) {
    await rm(next, { force: true });
    return false;
  }
  await rename(next, file);
  await sleep(100);
  return (await textOf(file)) === mine;
}

function isAbandoned(file: string): boolean {
  try {
    if (Date.now() - statSync(file).mtimeMs > SILENT_MS) return true;
    const holder = readFileSync(file, 'utf8');
    const pid = Number.parseInt(holder, 10); // NaN: it is being written
    return pid === process.pid ? !held.has(holder) : pid > 0 && !isAlive(pid);
  } catch {
    return false; // released meanwhile
  }
}

/** True when a process with this id exists (it may be another program by now). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
