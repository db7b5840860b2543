import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, onTestFinished, type TestContext } from 'vitest';
import { isRoot } from '../../src/database/embedded-owner.ts';
import { type Circumstances, clusterIn } from '../../src/database/embedded-place.ts';
import { findPostmaster, isPostmaster } from '../../src/database/embedded-postmaster.ts';

/** An empty directory for a whole test file; every test in it leaves no server behind. */
export function scratchForFile(): string {
  const folder = emptyFolder(0o755);
  afterEach(() => killServer(folder, 'SIGQUIT'));
  afterAll(() => removeCluster(folder));
  return folder;
}

/** An empty directory that goes at the end of the test, together with the server that may still run on it. */
export function scratch(mode = 0o755): string {
  const folder = emptyFolder(mode);
  onTestFinished(() => removeCluster(folder));
  return folder;
}

function emptyFolder(mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-scratch-'));
  chmodSync(folder, mode); // mkdtemp makes it private
  return folder;
}

/** Ends the server of a data directory, whatever state it is in, and removes the directory. */
export async function removeCluster(dataDir: string): Promise<void> {
  await killServer(dataDir, 'SIGQUIT');
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Sends the signal to the server of a data directory and waits until it is gone. */
export async function killServer(dataDir: string, signal: 'SIGKILL' | 'SIGQUIT'): Promise<void> {
  const cluster = clusterIn(dataDir);
  const pid = findPostmaster(cluster)?.pid;
  if (!pid) return;
  process.kill(pid, signal);
  while (isPostmaster(pid, cluster)) await sleep(10);
}

export type Answer = { pid: number; url: string; adopted: boolean } | { fault: string; message: string };
export type OtherProcess = { answer: Answer; child: ChildProcess; stop(): Promise<void>; kill(): Promise<void> };
type Order = { dataDir: string; durable?: boolean; circumstances?: Partial<Circumstances>; forget?: boolean };

/** Starts the embedded database from a Node process of its own; with `forget` that process never calls stop. */
export async function inOtherProcess(
  order: Order,
  identity: { uid?: number; gid?: number } = {},
): Promise<OtherProcess> {
  const script = join(import.meta.dirname, 'embedded-process.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    ...identity,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(createInterface(child.stdout), 'line');
  const end = async (how: () => unknown) => {
    how();
    await gone;
  };
  return {
    answer: JSON.parse(line),
    child,
    stop: () => end(() => child.stdin.end()),
    kill: () => end(() => child.kill('SIGKILL')),
  };
}

/** Skips a test that is about being root, or that has to become another user. */
export function needRoot(context: TestContext): void {
  context.skip(!isRoot(), 'this test has to be started by root');
}
