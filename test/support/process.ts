import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type Ready = { scim: string; token: string; sandbox: string; pid: number };
export type ServerProcess = Ready & {
  child: ChildProcess;
  /** What it wrote to stdout, line by line. */
  lines: string[];
  readyMs: number;
  /** Sends a signal and waits for the end; the exit code, or null when it was killed. */
  end(signal: NodeJS.Signals): Promise<number | null>;
};

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const READY_LIMIT_MS = 30_000;

/** Starts the server as a process of its own, as `npm start -- --json` does, and waits until it is ready. */
export async function startProcess(environment: Record<string, string>, more: string[] = []): Promise<ServerProcess> {
  const startedAt = Date.now();
  const child = spawn(process.execPath, [MAIN, 'serve', '--demo', '--json', ...more], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ready = await new Promise<Ready>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time: ${errors}`)), READY_LIMIT_MS);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${errors}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      clearTimeout(timer);
      resolve(JSON.parse(line) as Ready);
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return { ...ready, child, lines, readyMs: Date.now() - startedAt, end };
}
