import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type EventReceiver, startEventReceiver } from '../support/event-receiver.ts';
import { eventually, scimUser } from '../support/gangway.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';

let database: TestDatabase;
let dataDir: string;
let server: ServerProcess;
let receiver: EventReceiver;
beforeAll(async () => {
  database = await testDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'gangway-'));
  receiver = await startEventReceiver(200);
  server = await start();
});
afterAll(async () => {
  await server?.end('SIGTERM');
  await receiver?.stop();
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const start = () => startProcess({ DATABASE_URL: database.url, GANGWAY_DATA: dataDir });
const admin = async (method: string, path: string, body?: unknown) => {
  const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
  const response = await fetch(`${new URL(server.scim).origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response.json();
};
const joins = (name: string) =>
  fetch(`${server.scim}/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(scimUser(name)),
  });
const ids = () => receiver.got.map(({ headers }) => headers['webhook-id']);

test('a server that is killed between sending and keeping that sends once more, under the same id, and loses nothing', async () => {
  await admin('POST', '/event-streams', {
    name: 'hook',
    kind: 'webhook',
    url: receiver.url,
    types: ['urn:ietf:params:scim:event:prov:create:notice'],
  });
  let arrived = () => {};
  const underWay = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  receiver.answer = (nth) => {
    if (nth !== 1) return { status: 200 };
    arrived();
    return { status: 200, lateMs: 60_000 }; // it has it, and nobody learns that
  };
  for (const name of ['a', 'b', 'c']) await joins(name);
  await underWay;
  await server.end('SIGKILL');
  receiver.answer = () => ({ status: 200 });
  server = await start();
  await joins('d');
  await eventually('all have arrived', async () => new Set(ids()).size === 4, 60_000);
  const [first, second, ...others] = ids();
  expect(others[0]).toBe(second);
  const { events } = (await admin('GET', '/events?type=urn:ietf:params:scim:event:prov:create:notice')) as {
    events: { id: string }[];
  };
  expect([first, ...others]).toEqual(events.map(({ id }) => id));
}, 120_000);
