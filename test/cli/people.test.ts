import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gangway, scimUser, settled, startGangway } from '../support/gangway.ts';
import { gangway } from './gangway.ts';

let server: Gangway;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startGangway();
  env = { PORT: new URL(server.running.origin).port, GANGWAY_ADMIN_KEY: server.running.adminKey };
  const { body } = await server.scim('POST', '/Users', scimUser('ada'));
  await server.scim('POST', '/Groups', { displayName: 'Crew', members: [{ value: body['id'] }] });
  await settled(server.db);
});
afterAll(() => server?.stop());

const said = async (...args: string[]) => (await gangway(args, env)).stdout;

test('people are searched, listed as CSV, looked at again, and told about', { timeout: 60_000 }, async () => {
  expect(await said('person', 'search', 'ADA')).toMatch(/ada@example\.com +ada Tester +ada@example\.com +idp +synced/);
  expect(await said('person', 'search', 'nobody')).toBe('nobody was found\n');
  expect((await gangway(['person', 'search', '--state', 'gone'], env)).code).toBe(1);
  expect((await said('person', 'search', '--csv')).split('\r\n')[1]).toContain('ada@example.com');
  expect(await said('person', 'sync', 'ada@example.com')).toContain('ada@example.com is looked at now');
  expect(await said('person', 'timeline', 'ada@example.com')).toMatch(/action +invite ada@example\.com +done/);
  expect(await said('audit', '--action', 'person.sync')).toMatch(/operator +person\.sync/);
});

test('groups, home and the description of the API are shown', { timeout: 60_000 }, async () => {
  const list = await said('group', 'list', '--search', 'cr');
  expect(list).toMatch(/Crew +idp/);
  const id = list.trimEnd().split(/\s+/).at(-1) ?? '';
  expect(await said('group', 'members', id)).toMatch(/ada@example\.com +User +source/);
  expect(await said('home')).toContain('nothing waits for you');
  expect(JSON.parse(await said('openapi'))).toMatchObject({ openapi: '3.1.0' });
});
