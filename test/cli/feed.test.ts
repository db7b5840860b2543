import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { type FileServer, serves, startFileServer } from '../support/file-server.ts';
import { csv, employee, employees } from '../support/rosters.ts';
import { gangway } from './gangway.ts';

let server: RunningServer;
let files: FileServer;
let env: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'gangway-feeds-'));
beforeAll(async () => {
  server = await runServer();
  files = await startFileServer(serves(csv([...employees(9), employee(10, { email: 'nowhere' })]), '"one"'));
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port, HR_PASSWORD: 'kept-from-the-shell' };
  await server.call('POST', '/tenants', { body: { name: 'acme' } });
  await server.call('POST', '/connections', { body: { name: 'hr', targets: [] } });
});
afterAll(async () => {
  await server?.stop();
  await files?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => gangway(['feed', ...args], env);
const file = (text: string): string => {
  const path = join(folder, 'feed.yaml');
  writeFileSync(path, text);
  return path;
};
const feed = () => `kind: https
settings:
  url: ${files.origin}/all.csv
  auth: basic
  username: gangway
schedule: { cron: "30 2 * * *", timeZone: Europe/Berlin }
expectations: { minRows: 5 }
`;

describe('S43, S46: gangway feed', { shuffle: false, timeout: 60_000 }, () => {
  test('without one, it says how to make one', async () => {
    const shown = await run('show', 'hr');
    expect([shown.code, shown.stderr]).toEqual([1, expect.stringContaining('gangway feed set')]);
    expect((await run('set', 'hr')).code).toBe(2);
  });

  test('one that is not saved can be tried out', async () => {
    const tried = await run('test', 'hr', '--file', file(feed()), '--secret', 'password=env:HR_PASSWORD');
    expect([tried.code, tried.stderr]).toEqual([0, '']);
    expect(tried.stdout).toContain('of the first 10 rows, 9 can be taken');
    expect(tried.stdout).toMatch(/11 +email +invalid_email +nowhere/);
    expect((await run('show', 'hr')).code).toBe(1);
  });

  test('it is set, shown without its secret, fetched, and removed', async () => {
    const set = await run('set', 'hr', '--file', file(feed()), '--secret', 'password=env:HR_PASSWORD');
    expect(set.stdout).toMatch(/hr fetches by https, at "30 2 \* \* \*" in Europe\/Berlin; next in/);
    expect(set.stdout).toContain('secrets: password');
    expect(set.stdout).not.toContain('kept-from');
    const fetched = await run('fetch', 'hr');
    expect([fetched.code, fetched.stdout]).toEqual([0, expect.stringContaining('feed of hr: done')]);
    expect((await run('show', 'hr')).stdout).toMatch(/last fetch .*: done/);
    expect((await run('remove', 'hr')).stdout).toContain('fetches nothing any more');
    expect((await run('remove', 'hr')).code).toBe(1);
  });

  test('a fetch that fails ends with 1 and the reason', async () => {
    await run('set', 'hr', '--file', file(feed()), '--secret', 'password=env:HR_PASSWORD');
    files.answer = (_req, res) => res.writeHead(503).end('closed for the night');
    const fetched = await run('fetch', 'hr');
    expect([fetched.code, fetched.stdout]).toEqual([1, expect.stringContaining('closed for the night')]);
  });
});
