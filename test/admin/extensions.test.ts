import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requester } from '../support/app.ts';
import { SITE_URN, STORE, STORE_URN } from '../support/extensions.ts';
import { aUser, createGroup, createUser } from '../support/people.ts';
import { type RunningServer, runServer } from './running.ts';

let server: RunningServer;
let client: { request: ReturnType<typeof requester> };
beforeAll(async () => {
  server = await runServer();
  for (const name of ['ours', 'theirs']) await server.call('POST', '/tenants', { body: { name } });
  const { body: made } = await server.call('POST', '/connections', { tenant: 'ours', body: { name: 'idp' } });
  const { body } = await server.call('POST', `/connections/${made.id}/tokens`, { tenant: 'ours' });
  client = { request: requester(`${server.origin}/scim/v2`, body.token) };
});
afterAll(() => server.stop());

const path = (urn: string, force = false) => `/extensions/${encodeURIComponent(urn)}${force ? '?force=true' : ''}`;
const put = async (body: unknown, { urn = STORE_URN, force = false, tenant = 'ours' } = {}) =>
  server.call('PUT', path(urn, force), { tenant, body });
const remove = async (urn: string, force = false, tenant = 'ours') =>
  server.call('DELETE', path(urn, force), { tenant });
const listed = async (tenant = 'ours') =>
  ((await server.call('GET', '/extensions', { tenant })).body['extensions'] as { urn: string }[]).map(({ urn }) => urn);

test('an extension is declared, served at once, read, listed, and nobody else’s', async () => {
  expect((await client.request('GET', `/Schemas/${STORE_URN}`)).status).toBe(404);
  const made = await put(STORE);
  expect([made.status, made.body]).toMatchObject([201, { ...STORE, resourceType: 'User', required: false }]);
  expect((await client.request('GET', `/Schemas/${STORE_URN}`)).status).toBe(200);
  expect((await put(STORE)).status).toBe(200);
  expect((await server.call('GET', path(STORE_URN.toLowerCase()), { tenant: 'ours' })).body).toEqual(made.body);
  expect(await listed()).toEqual([STORE_URN]);
  expect(await listed('theirs')).toEqual([]);
  expect((await server.call('GET', path(STORE_URN), { tenant: 'theirs' })).status).toBe(404);
  expect((await remove(STORE_URN, true, 'theirs')).status).toBe(404);
});

test('what another server’s /Schemas gives can be declared', async () => {
  await put(STORE);
  const { body: schema } = await client.request('GET', `/Schemas/${STORE_URN}`);
  expect((await put(schema, { tenant: 'theirs' })).status).toBe(201);
  const [ours, theirs] = await Promise.all(
    ['ours', 'theirs'].map(async (tenant) => (await server.call('GET', path(STORE_URN), { tenant })).body),
  );
  expect(theirs).toEqual(ours);
  expect((await remove(STORE_URN, false, 'theirs')).status).toBe(204);
});

const one = { name: 'One', attributes: [{ name: 'a' }] };
const attributes = (...list: object[]) => ({ ...one, attributes: list });
test.for([
  { name: 'no URN', urn: 'store', body: one, pointer: '#/urn', words: 'must be a URN' },
  {
    name: 'a URN with what no filter can spell',
    urn: 'urn:x:a b',
    body: one,
    pointer: '#/urn',
    words: 'must be a URN',
  },
  {
    name: 'the core schema',
    urn: 'urn:ietf:params:scim:schemas:core:2.0:USER',
    body: one,
    pointer: '#/urn',
    words: 'belongs to the SCIM core',
  },
  {
    name: 'what all core schemas begin with',
    urn: 'urn:ietf:params:scim',
    body: one,
    pointer: '#/urn',
    words: 'belongs',
  },
  {
    name: 'an attribute of the enterprise schema',
    urn: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division',
    body: one,
    pointer: '#/urn',
    words: 'belongs',
  },
  { name: 'another URN than the path', body: { ...one, urn: 'urn:x:y' }, pointer: '#/urn', words: 'of the path' },
  { name: 'no name', body: { attributes: [{ name: 'a' }] }, pointer: '#/name', words: 'expected string' },
  { name: 'no attributes', body: attributes(), pointer: '#/attributes', words: '>=1' },
  {
    name: 'a name that is none',
    body: attributes({ name: '1st' }),
    pointer: '#/attributes/0/name',
    words: 'must begin with a letter',
  },
  {
    name: 'a name that every object has',
    body: attributes({ name: 'constructor' }),
    pointer: '#/attributes/0/name',
    words: 'reserved',
  },
  {
    name: 'the same name in another letter case',
    body: attributes({ name: 'storeId' }, { name: 'STOREID' }),
    pointer: '#/attributes/1/name',
    words: 'twice',
  },
  {
    name: 'the same sub-attribute twice',
    body: attributes({ name: 'a', type: 'complex', subAttributes: [{ name: 'b' }, { name: 'B' }] }),
    pointer: '#/attributes/0/subAttributes/1/name',
    words: 'twice',
  },
  {
    name: 'a type that is none',
    body: attributes({ name: 'a', type: 'text' }),
    pointer: '#/attributes/0/type',
    words: 'Invalid option',
  },
  {
    name: 'a misspelt field',
    body: attributes({ name: 'a', multivalued: true }),
    pointer: '#/attributes/0',
    words: 'Unrecognized key: "multivalued"',
  },
  {
    name: 'required, but read-only',
    body: attributes({ name: 'a', required: true, mutability: 'readOnly' }),
    pointer: '#/attributes/0/required',
    words: 'nobody could ever',
  },
  {
    name: 'listed values of a number',
    body: attributes({ name: 'a', type: 'integer', canonicalValues: ['1'] }),
    pointer: '#/attributes/0/canonicalValues',
    words: 'type string or reference',
  },
  {
    name: 'the same listed value twice',
    body: attributes({ name: 'a', canonicalValues: ['x', 'X'] }),
    pointer: '#/attributes/0/canonicalValues',
    words: 'twice',
  },
  {
    name: 'a complex attribute without parts',
    body: attributes({ name: 'a', type: 'complex' }),
    pointer: '#/attributes/0/subAttributes',
    words: 'are needed',
  },
  {
    name: 'parts of a text',
    body: attributes({ name: 'a', subAttributes: [{ name: 'b' }] }),
    pointer: '#/attributes/0/subAttributes',
    words: 'complex',
  },
  {
    name: 'complex in complex',
    body: attributes({ name: 'a', type: 'complex', subAttributes: [{ name: 'b', type: 'complex' }] }),
    pointer: '#/attributes/0/subAttributes/0/type',
    words: 'cannot be complex',
  },
  {
    name: 'what nobody may read',
    body: attributes({ name: 'a', returned: 'never' }),
    pointer: '#/attributes/0/returned',
    words: 'always, default, request',
  },
  {
    name: 'what may be written once',
    body: attributes({ name: 'a', mutability: 'immutable' }),
    pointer: '#/attributes/0/mutability',
    words: 'readWrite, readOnly',
  },
  {
    name: 'what must be unique',
    body: attributes({ name: 'a', uniqueness: 'server' }),
    pointer: '#/attributes/0/uniqueness',
    words: 'none',
  },
  {
    name: 'too many attributes',
    body: attributes(...Array.from({ length: 101 }, (_, index) => ({ name: `a${index}` }))),
    pointer: '#/attributes',
    words: '<=100',
  },
  {
    name: 'too much text',
    body: attributes(
      ...Array.from({ length: 90 }, (_, index) => ({ name: `a${index}`, description: 'x'.repeat(900) })),
    ),
    pointer: '#/attributes',
    words: 'larger than',
  },
])('$name is refused, and the place is named', async ({ urn = 'urn:example:Bad', body, pointer, words }) => {
  const before = await listed();
  const { status, body: answer } = await put(body, { urn });
  expect(status).toBe(422);
  expect(answer['errors']).toContainEqual({ pointer, detail: expect.stringContaining(words) });
  expect(await listed()).toEqual(before);
});

test('URNs that paths cannot tell apart are refused, and so is the twenty-first extension', async () => {
  await server.call('POST', '/tenants', { body: { name: 'many' } });
  const make = async (urn: string) => (await put(one, { urn, tenant: 'many' })).status;
  expect(await make('urn:example:a:b')).toBe(201);
  for (const urn of ['urn:example:A:b', 'urn:example:a:b:c', 'urn:example:a', 'urn:example:a:b.c']) {
    expect([urn, await make(urn)]).toEqual([urn, 409]);
  }
  for (let index = 2; index <= 20; index++) expect(await make(`urn:example:n${index}`)).toBe(201);
  expect(await make('urn:example:n21')).toBe(409);
  expect(await make('urn:example:n20')).toBe(200);
});

describe('while people carry data of it', () => {
  const urn = 'urn:example:Carried';
  const declared = attributes({ name: 'a' }, { name: 'b', type: 'integer' });

  test('it stays, and keeps what they carry; forced, both go and targets hear of it', async () => {
    await put(declared, { urn });
    const carriers = await Promise.all([1, 2].map(() => createUser(client, { [urn]: { a: 'x', b: 1 } })));
    const bystander = await createUser(client);
    const narrower = attributes({ name: 'a' }, { name: 'b' });
    const refused = await put(narrower, { urn });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('changes b; force it')]);
    const wider = attributes({ name: 'a', canonicalValues: ['x'] }, { name: 'b', type: 'integer' }, { name: 'c' });
    expect((await put(wider, { urn })).status).toBe(200);
    expect((await put(narrower, { urn, force: true })).status).toBe(200);
    const kept = await remove(urn);
    expect([kept.status, kept.body]).toMatchObject([409, { code: 'extension_in_use' }]);
    expect((await remove(urn, true)).status).toBe(204);
    for (const { id, userName } of carriers) {
      const { body } = await client.request('GET', `/Users/${id}`);
      expect(body).toMatchObject({ userName, active: true, meta: { version: 'W/"2"' } });
      expect([body.schemas.length, body[urn]]).toEqual([1, undefined]);
    }
    expect((await client.request('GET', `/Users/${bystander.id}`)).body.meta.version).toBe('W/"1"');
    await put(declared, { urn });
    const filter = encodeURIComponent(`${urn}:a pr`);
    expect((await client.request('GET', `/Users?filter=${filter}`)).body.totalResults).toBe(0);
    expect((await remove(urn)).status).toBe(204);
  });

  test('groups count, people who are deleted do not', async () => {
    const group = 'urn:example:CarriedByGroup';
    await put({ ...declared, resourceType: 'Group' }, { urn: group });
    await put(declared, { urn });
    const { id } = await createUser(client, aUser({ [urn]: { a: 'x' } }));
    const made = await createGroup(client, { [group]: { a: 'x' } });
    expect((await remove(group)).body.detail).toContain('groups carry data');
    expect((await remove(group, true)).status).toBe(204);
    expect((await client.request('GET', `/Groups/${made.id}`)).body).toMatchObject({ meta: { version: 'W/"2"' } });
    await client.request('DELETE', `/Users/${id}`);
    expect((await remove(urn)).status).toBe(204);
  });
});

test('every change is in the audit', async () => {
  await put({ ...one, resourceType: 'Group' }, { urn: SITE_URN, tenant: 'theirs' });
  await remove(SITE_URN, true, 'theirs');
  const { rows } = await server.db.raw('select action, detail from audit where subject = ? order by id', [SITE_URN]);
  expect(rows).toEqual([
    { action: 'extension.put', detail: { resourceType: 'Group', required: false, attributes: ['a'], force: false } },
    { action: 'extension.erase', detail: {} },
    { action: 'extension.remove', detail: { force: true } },
  ]);
});
