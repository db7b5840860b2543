import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { keyFrom } from '../../src/key.ts';
import { createVault } from '../../src/vault.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { eventually, patchOp, scimUser, settled } from '../support/gangway.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';

const LIMIT = 5;
let database: TestDatabase;
let dataDir: string;
let server: ServerProcess;
const start = () => startProcess({ DATABASE_URL: database.url, GANGWAY_DATA: dataDir }, []);
beforeAll(async () => {
  database = await testDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'gangway-'));
  server = await start();
  await database.db.raw(`update connections set policy = policy - 'guard'`); // the demo's own guard is off
});
afterAll(async () => {
  await server?.end('SIGTERM');
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const send = async (url: string, token: string, method: string, body: unknown) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
  return (await answer.json().catch(() => ({}))) as { id: string };
};
const scim = (method: string, path: string, body: unknown) => send(`${server.scim}${path}`, server.token, method, body);
const suspended = async () => {
  const answer = await fetch(`${server.sandbox}/accounts`, { headers: { accept: 'application/json' } });
  return ((await answer.json()) as { status: string }[]).filter(({ status }) => status === 'suspended').length;
};

test('a server killed in the middle of a wave of leavers lets nobody more through when it comes back', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 14; index += 1) ids.push((await scim('POST', '/Users', scimUser(`p${index}`))).id);
  await settled(database.db);
  const key = createVault(keyFrom(readConfig({ GANGWAY_DATA: dataDir }))).derive('sandbox');
  await send(`${server.sandbox}/api/v1/faults`, key, 'PUT', { mode: 'slow', latencyMs: 400 });
  const leave = patchOp({ op: 'replace', path: 'active', value: false });
  await Promise.all(ids.map((id) => scim('PATCH', `/Users/${id}`, leave)));
  await eventually('some are counted', async () => {
    const { rows } = await database.db.raw('select count(*)::int as counted from guard_losses');
    return rows[0].counted > 2;
  });
  await server.end('SIGKILL');
  server = await start();
  await send(`${server.sandbox}/api/v1/faults`, key, 'PUT', { mode: 'none' });
  await eventually('the limit is suspended', async () => (await suspended()) === LIMIT, 30_000);
  await eventually('nothing is open', () => settled(database.db).then(() => true), 30_000);
  expect(await suspended()).toBe(LIMIT);
  const { rows } = await database.db.raw(
    `select (select sum(people)::int from guard_counts) as counted,
            (select count(*)::int from holds) as holds,
            (select count(*)::int from hold_items where state = 'held') as held`,
  );
  expect(rows[0]).toEqual({ counted: LIMIT, holds: 1, held: 14 - LIMIT });
}, 90_000);
