import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type ServerProcess = { stop(): Promise<void> };

/** Starts a server and waits until this URL answers; throws with the end of its output when it ends before that. */
export async function startServer(
  args: [program: string, ...args: string[]],
  options: { cwd: string; env: NodeJS.ProcessEnv; readyUrl: string },
): Promise<ServerProcess> {
  const [program, ...rest] = args;
  const child = spawn(program, rest, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const stop = () => end(child);
  // a run that is broken off must not leave servers behind
  process.once('exit', () => child.kill('SIGKILL'));
  try {
    await answered(options.readyUrl, child, 60_000);
  } catch (error) {
    await stop();
    throw new Error(`${rest.join(' ')} did not start:\n${output}`, { cause: error });
  }
  return { stop };
}

async function answered(url: string, child: ChildProcess, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`);
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`no answer within ${withinMs} ms`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
  child.kill('SIGKILL');
  await ended;
}

/** A loopback port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
