import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { requester } from '../support/app.ts';
import { createUser } from '../support/people.ts';
import { gangway } from './gangway.ts';

const URN = 'urn:example:params:scim:Store:1.0:User';
let server: RunningServer;
let env: Record<string, string>;
let client: { request: ReturnType<typeof requester> };

beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  await server.call('POST', '/tenants', { body: { name: 'only' } });
  const { body: made } = await server.call('POST', '/connections', { body: { name: 'idp' } });
  const { body } = await server.call('POST', `/connections/${made.id}/tokens`);
  client = { request: requester(`${server.origin}/scim/v2`, body.token) };
});
afterAll(() => server.stop());

const run = (...args: string[]) => gangway(['extension', ...args], env);
async function lines(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}
function file(name: string, text: string): string {
  const path = join(server.dataDir, name);
  writeFileSync(path, text);
  return path;
}

test('a schema in YAML is declared, listed, kept while it is in use, and removed', { timeout: 60_000 }, async () => {
  expect(await lines('list')).toBe('no extensions yet: gangway extension add --file schema.json\n');
  const yaml = file(
    'store.yaml',
    `id: ${URN}\nname: Store\nattributes:\n  - name: storeId\n  - {name: floor, type: integer}\n`,
  );
  expect(await lines('add', '--file', yaml)).toContain(`extension ${URN} is declared: storeId, floor\n`);
  expect(await lines('list')).toBe(
    `URN${' '.repeat(URN.length - 1)}OF    IS        ATTRIBUTES\n${URN}  User  optional  storeId, floor\n`,
  );
  await createUser(client, { [URN]: { storeId: 'S1' } });
  const kept = await run('remove', URN);
  expect([kept.code, kept.stdout, kept.stderr]).toEqual([1, '', expect.stringContaining('people carry data of')]);
  expect(await lines('remove', URN, '--force')).toBe(`extension ${URN} is removed\n`);
  expect(await lines('list', '--json')).toBe('[]\n');
});

test('a Schema resource as another server gives it, for groups, required', { timeout: 60_000 }, async () => {
  const resource = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: 'urn:example:Site',
    name: 'Site',
    description: 'A site',
    attributes: [{ name: 'city', type: 'string', multiValued: false, uniqueness: 'none', canonicalValues: [] }],
    meta: { resourceType: 'Schema', location: 'https://example.com/Schemas/urn:example:Site' },
  };
  const path = file('site.json', JSON.stringify(resource));
  const made = JSON.parse(await lines('add', '--file', path, '--type', 'Group', '--required', '--json'));
  expect(made).toMatchObject({ urn: 'urn:example:Site', resourceType: 'Group', required: true });
  const { body } = await client.request('GET', '/ResourceTypes/Group');
  expect(body.schemaExtensions).toEqual([{ schema: 'urn:example:Site', required: true }]);
});

test.for([
  { name: 'no file', args: [], code: 2, words: '--file PATH' },
  { name: 'a file that is not there', args: ['--file', '/nowhere'], code: 1, words: 'cannot read /nowhere' },
  { name: 'no URN', text: '{"name":"x"}', code: 1, words: 'has no "id"' },
  { name: 'a list', text: '[]', code: 1, words: 'holds no schema' },
  { name: 'neither JSON nor YAML', text: '{"a', code: 1, words: 'neither JSON nor YAML' },
  {
    name: 'a fault in an attribute',
    text: '{"id":"urn:example:X","name":"X","attributes":[{"name":"1"}]}',
    code: 1,
    words: '#/attributes/0/name: must begin with a letter',
  },
])('$name is an error that says so', { timeout: 30_000 }, async ({ args, text, code, words }) => {
  const ran = await run('add', ...(args ?? ['--file', file('wrong.json', text ?? '')]));
  expect([ran.code, ran.stdout]).toEqual([code, '']);
  expect(ran.stderr).toContain(words);
});
