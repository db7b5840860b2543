import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { keyFrom } from '../../src/key.ts';
import { createVault } from '../../src/vault.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { eventually, patchOp, scimUser } from '../support/gangway.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';

let database: TestDatabase;
let dataDir: string;
let server: ServerProcess;
beforeAll(async () => {
  database = await testDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'gangway-'));
  server = await start();
});
afterAll(async () => {
  await server?.end('SIGTERM');
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const environment = () => ({ DATABASE_URL: database.url, GANGWAY_DATA: dataDir });
const start = (...more: string[]) => startProcess(environment(), more);
const scim = (method: string, path: string, body: unknown) =>
  fetch(`${server.scim}${path}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(body),
  });
const accounts = async () => {
  const answer = await fetch(`${server.sandbox}/accounts`, { headers: { accept: 'application/json' } });
  return (await answer.json()) as { id: string; email: string; status: string; title: string | null }[];
};
const sandboxApi = async (method: string, path: string, body?: unknown) => {
  const key = createVault(keyFrom(readConfig({ GANGWAY_DATA: dataDir }))).derive('sandbox');
  const answer = await fetch(`${server.sandbox}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return (await answer.json()) as {
    received: { path: string; status: number; repeats: number; idempotencyKey: string }[];
  };
};
/** Waits until the target has been asked to invite this person and has not answered. */
const inviteIsUnderWay = (name: string) =>
  eventually('the invite is under way', async () => {
    const { rows } = await database.db.raw(
      `select 1 from links where state = 'inviting' and 'userName:' || ? = any(match_keys)`,
      [`${name}@example.com`],
    );
    return rows.length === 1;
  });
const invitations = async () =>
  (await sandboxApi('GET', '/received')).received.filter(({ path }) => path.endsWith('/invitations'));

// one story, told in this order
describe('killed and started again', { shuffle: false }, () => {
  test('killed between write and delivery: the delivery happens after the next start, once', async () => {
    await server.end('SIGTERM');
    server = await start('--role', 'api'); // stores and marks, delivers nothing
    expect((await scim('POST', '/Users', scimUser('ada'))).status).toBe(201);
    await server.end('SIGKILL');

    server = await start();
    await eventually('ada is invited', async () => (await accounts()).length === 1);
    expect(await invitations()).toMatchObject([{ status: 201, repeats: 0 }]);
  });

  test('killed while the target is working on an invite: one account, one idempotency key', async () => {
    await sandboxApi('PUT', '/faults', { mode: 'hang', hits: 'writes' });
    await scim('POST', '/Users', scimUser('bob'));
    await inviteIsUnderWay('bob');
    await server.end('SIGKILL');
    const before = await database.db.raw(`select id from actions where kind = 'invite' and state = 'started'`);

    server = await start();
    await sandboxApi('PUT', '/faults', { mode: 'none' });
    await eventually('bob is invited', async () => (await accounts()).length === 2, 30_000);
    const [latest] = await invitations();
    expect(latest).toMatchObject({ status: 201, repeats: 0, idempotencyKey: before.rows[0].id });
  }, 60_000);

  test('killed at random moments while people join and leave: everybody ends as the directory says', async () => {
    const ids: string[] = [];
    for (let round = 0; round < 3; round++) {
      const names = [0, 1, 2, 3, 4].map((index) => `kill${round}-${index}`);
      for (const name of names) {
        const answer = await scim('POST', '/Users', scimUser(name));
        ids.push(((await answer.json()) as { id: string }).id);
      }
      const leaver = ids.at(-1);
      await scim('PATCH', `/Users/${leaver}`, patchOp({ op: 'replace', path: 'active', value: false }));
      await new Promise((resolve) => setTimeout(resolve, 40 * round));
      await server.end('SIGKILL');
      server = await start();
    }
    await eventually(
      'the accounts follow',
      async () => {
        const killed = (await accounts()).filter(({ email }) => email.startsWith('kill'));
        const suspended = killed.filter(({ status }) => status === 'suspended').map(({ email }) => email);
        const expected = killed.length - suspended.length;
        // a leaver may have left before the invite went out: then there is no account to suspend
        return expected === 12 && suspended.every((email) => email.includes('-4@'));
      },
      30_000,
    );
    expect((await invitations()).every(({ repeats }) => repeats <= 1)).toBe(true);
  }, 90_000);

  test('SIGTERM ends it in under five seconds with code 0, though a target hangs, and nothing is lost', async () => {
    await sandboxApi('PUT', '/faults', { mode: 'hang', hits: 'writes' });
    await scim('POST', '/Users', scimUser('slow'));
    await inviteIsUnderWay('slow');
    const askedAt = Date.now();
    expect(await server.end('SIGTERM')).toBe(0);
    expect(Date.now() - askedAt).toBeLessThan(5_000);

    server = await start();
    await sandboxApi('PUT', '/faults', { mode: 'none' });
    await eventually('the account is there', async () =>
      (await accounts()).some(({ email }) => email.startsWith('slow')),
    );
  }, 60_000);

  test('starting again keeps the data, prints the same token and makes no second demo', async () => {
    const { token, scim: address } = server;
    const before = (await accounts()).length;
    await server.end('SIGTERM');
    server = await start();
    expect(server.lines).toHaveLength(1);
    expect(server.token).toBe(token);
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/scim\/v2$/);
    expect(await accounts()).toHaveLength(before);
    const { rows } = await database.db.raw(
      'select (select count(*)::int from tenants) as tenants, (select count(*)::int from targets) as targets',
    );
    expect(rows).toEqual([{ tenants: 1, targets: 1 }]);
  });
});
