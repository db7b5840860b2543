import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export type Ran = { code: number; stdout: string; stderr: string };
const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'src/main.ts');

// a test file starts the command many times; what the first one has compiled serves the others
const cache = mkdtempSync(join(tmpdir(), 'gangway-compiled-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Runs `gangway` as a process of its own, with this environment and no other. */
export function gangway(args: string[], env: Record<string, string>): Promise<Ran> {
  return run(process.execPath, [MAIN, ...args], env);
}

/** The same, started in a folder. */
export function gangwayIn(cwd: string, args: string[], env: Record<string, string>): Promise<Ran> {
  return run(process.execPath, [MAIN, ...args], env, cwd);
}

/** Runs the installed command, under any Node. */
export function installed(node: string, args: string[], env: Record<string, string>): Promise<Ran> {
  return run(node, [join(ROOT, 'bin/gangway.mjs'), ...args], env);
}

function run(command: string, args: string[], env: Record<string, string>, cwd = ROOT): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: cache, ...env }, cwd },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}
