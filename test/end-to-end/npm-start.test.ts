import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { eventually } from '../support/gangway.ts';

test('npm start -- --json prints one JSON line, and SIGTERM to npm ends the server and its database', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gangway-'));
  const npm = spawn('npm', ['start', '--', '--json'], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { ...process.env, PORT: '0', GANGWAY_DATA: dataDir, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const lines: string[] = [];
    createInterface({ input: npm.stdout }).on('line', (line) => lines.push(line));
    const ready = await eventually('ready', async () => lines.find((line) => line.startsWith('{')), 30_000);
    const { scim, token, sandbox, pid } = JSON.parse(ready) as Record<string, string> & { pid: number };
    expect((await fetch(`${scim}/Users?count=1`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect(await (await fetch(`${sandbox}/accounts`, { headers: { accept: 'application/json' } })).json()).toEqual([]);
    // npm's own words aside, there is nothing else
    expect(lines.filter((line) => line !== '' && !line.startsWith('>'))).toEqual([ready]);

    npm.kill('SIGTERM');
    await once(npm, 'exit');
    await eventually('the server has ended', async () => !isAlive(pid), 20_000); // other tests use the machine, too
    expect(existsSync(join(dataDir, 'database', 'cluster', 'data', 'postmaster.pid'))).toBe(false);
  } finally {
    npm.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 60_000);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
