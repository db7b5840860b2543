import { expect, test } from 'vitest';
import { call, signal } from './rest-support.ts';
import { ada, asked, CONFIG, error, list, server } from './scim-support.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const nobody = { 'GET /Users?': { body: list() } };
const group = { id: 'g', displayName: 'Ops', members: [{ value: '1', display: 'One' }] };
const groups = { 'GET /Groups?': { body: list(group) } };
const PUT_ONLY = { ...CONFIG, patch: { supported: false }, etag: { supported: true } };
const bodyOf = (request: { body: string } | undefined) => JSON.parse(request?.body ?? 'null');

test('an invite is a User of the core and enterprise schemas', async () => {
  const { connector, writes } = await server({ ...nobody, 'POST /Users': { status: 201, body: ada } });
  const attributes = { userName: 'ada', givenName: 'Ada', title: null, department: 'D', phone: '1', language: 'en' };
  expect(await connector.invite({ email: 'ada@example.org', attributes, groups: [] }, call())).toEqual({
    remoteId: '7',
  });
  expect(bodyOf(writes()[0])).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
    userName: 'ada',
    active: true,
    name: { givenName: 'Ada' },
    preferredLanguage: 'en',
    phoneNumbers: [{ value: '1', type: 'work', primary: true }],
    emails: [{ value: 'ada@example.org', type: 'work', primary: true }],
    [ENTERPRISE]: { department: 'D' },
  });
});

test('a conflict over the user name of somebody else waits for a human and says who has it', async () => {
  const owner = { ...ada, emails: [{ value: 'other@example.org' }] };
  const { connector } = await server({
    'GET /Users?filter=userName eq "ada"': { body: list(owner) },
    ...nobody,
    'POST /Users': error(409, 'uniqueness'),
  });
  const invite = connector.invite({ email: 'ada@example.org', attributes: { userName: 'ada' }, groups: [] }, call());
  const message = expect.stringContaining('account 7 has this userName and another e-mail');
  await expect(invite).rejects.toMatchObject({ code: 'target_refused', message });
});

test('an update sends what differs, by its path, and nothing where nothing differs', async () => {
  const user = {
    ...ada,
    title: 'Old',
    phoneNumbers: [
      { value: '1', type: 'mobile' },
      { value: '2', type: 'fax' },
    ],
  };
  const { connector, writes } = await server({
    'GET /Users/7': { body: user },
    'PATCH /Users/7': { status: 204, body: '' },
  });
  await connector.update('7', { email: 'ADA@example.org', attributes: { givenName: 'Ada' } }, call());
  expect(writes()).toEqual([]);
  const attributes = { givenName: 'Ava', title: null, phone: '3', department: 'D' };
  await connector.update('7', { email: 'ava@example.org', attributes }, call());
  expect(bodyOf(writes()[0]).Operations).toEqual([
    { op: 'replace', path: 'name.givenName', value: 'Ava' },
    { op: 'remove', path: 'title' },
    { op: 'replace', path: `${ENTERPRISE}:department`, value: 'D' },
    {
      op: 'replace',
      path: 'phoneNumbers',
      value: [
        { value: '3', type: 'mobile' },
        { value: '2', type: 'fax' },
      ],
    },
    { op: 'replace', path: 'emails', value: [{ value: 'ava@example.org', type: 'work', primary: true }] },
  ]);
});

test('without PATCH the whole User is put back, under its version', async () => {
  const user = { ...ada, nickName: 'Countess', groups: [{ value: 'g' }], meta: { version: 'W/"3"' } };
  const { connector, writes } = await server(
    { 'GET /Users/7': { body: user }, 'PUT /Users/7': { body: user } },
    {},
    PUT_ONLY,
  );
  await connector.suspend('7', call());
  const [put] = writes();
  const { groups: _, meta: __, ...rest } = user;
  expect(bodyOf(put)).toEqual({ ...rest, active: false });
  expect(put?.headers['if-match']).toBe('W/"3"');
});

test('a User that somebody changed meanwhile is read again later', async () => {
  const { connector } = await server({ 'GET /Users/7': { body: ada }, 'PUT /Users/7': error(412) }, {}, PUT_ONLY);
  await expect(connector.suspend('7', call())).rejects.toMatchObject({ code: 'target_busy' });
});

test('suspend and erase of who is gone are done, resume and update are refused', async () => {
  const { connector } = await server({
    ...nobody,
    'PATCH /Users/7': error(404),
    'DELETE /Users/7': error(404),
    'GET /Users/7': error(404),
  });
  await connector.suspend('7', call());
  await connector.erase('7', call());
  const gone = { code: 'target_refused', message: expect.stringContaining('gone') };
  await expect(connector.resume('7', call())).rejects.toMatchObject(gone);
  await expect(connector.update('7', { email: 'a@b.example', attributes: {} }, call())).rejects.toMatchObject(gone);
});

test('an erase at a wrong path is not done', async () => {
  const { connector } = await server({ 'DELETE /Users/7': error(404), 'GET /Users?': error(404) });
  await expect(connector.erase('7', call())).rejects.toMatchObject({ code: 'target_refused' });
});

test('members are added and removed by PATCH, without reading the group’s members', async () => {
  const { connector, received, writes } = await server({ ...groups, 'PATCH /Groups/g': { status: 204, body: '' } });
  await connector.grant('7', 'Ops', call());
  await connector.revoke('7', 'Ops', call());
  expect(writes().map((request) => bodyOf(request).Operations)).toEqual([
    [{ op: 'add', path: 'members', value: [{ value: '7' }] }],
    [{ op: 'remove', path: 'members[value eq "7"]' }],
  ]);
  expect(received.map(asked).find((path) => path.startsWith('GET /Groups'))).toBe(
    'GET /Groups?filter=displayName eq "Ops"&excludedAttributes=members',
  );
});

test('a member who is there already, or is not there, is as it should be', async () => {
  const { connector } = await server({
    ...groups,
    'PATCH /Groups/g': ({ body }) => (body.includes('"add"') ? error(409) : error(400, 'noTarget')),
  });
  await connector.grant('7', 'Ops', call());
  await connector.revoke('7', 'Ops', call());
  await connector.revoke('7', 'Never', call());
});

test('what waits for one group goes together, and a refused member spoils no other', async () => {
  const refuses = ({ body }: { body: string }) => (body.includes('"bad"') ? error(400) : { status: 204, body: '' });
  const { connector, writes } = await server({ ...groups, 'PATCH /Groups/g': refuses }, { membersAtOnce: 3 });
  await connector.grant('first', 'Ops', call()); // the group is known from here on
  const ids = ['a', 'bad', 'c', 'd', 'e', 'f'];
  const results = await Promise.allSettled(ids.map((id) => connector.grant(id, 'Ops', call())));
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual(ids.map((id) => id !== 'bad'));
  const sizes = writes().map((request) => bodyOf(request).Operations[0].value.length);
  expect(Math.max(...sizes)).toBe(3);
});

test('one who goes away does not take the others’ answer with it', async () => {
  const { connector, writes } = await server({ ...groups, 'PATCH /Groups/g': { status: 204, body: '' } });
  await connector.grant('first', 'Ops', call());
  const controller = new AbortController();
  const busy = connector.grant('a', 'Ops', call());
  const leaving = connector.grant('b', 'Ops', { idempotencyKey: 'k', signal: controller.signal });
  const staying = connector.grant('c', 'Ops', call());
  controller.abort(new Error('not any more'));
  await expect(leaving).rejects.toThrow('not any more');
  await Promise.all([busy, staying]);
  expect(
    writes()
      .map(({ body }) => body)
      .join(),
  ).toContain('"c"');
});

test('a group that was deleted and made anew is found under its new id', async () => {
  let id = 'old';
  const { connector, writes } = await server({
    ...nobody,
    'GET /Groups?': () => ({ body: list({ ...group, id }) }),
    'PATCH /Groups/old': () => (id === 'old' ? { status: 204, body: '' } : error(404)),
    'PATCH /Groups/new': { status: 204, body: '' },
  });
  await connector.grant('7', 'Ops', call());
  id = 'new';
  await connector.grant('8', 'Ops', call());
  await connector.revoke('8', 'Ops', call());
  expect(writes().map(asked)).toEqual([
    'PATCH /Groups/old',
    'PATCH /Groups/old',
    'PATCH /Groups/new',
    'PATCH /Groups/new',
  ]);
});

test('without PATCH the members are read, changed and put back', async () => {
  const { connector, writes } = await server(
    { 'GET /Groups/g': { body: group }, ...groups, 'PUT /Groups/g': { body: group } },
    {},
    PUT_ONLY,
  );
  await connector.grant('7', 'Ops', call());
  await connector.revoke('1', 'Ops', call());
  expect(writes().map((request) => bodyOf(request).members)).toEqual([
    [{ value: '1', display: 'One' }, { value: '7' }],
    [],
  ]);
});

test('a missing group is made where that is allowed, and looked for again when somebody was faster', async () => {
  const missing = { 'GET /Groups?': { body: list() } };
  const strict = await server(missing, { createGroups: false });
  const refused = { code: 'target_refused', message: expect.stringContaining('no group "Ops"') };
  await expect(strict.connector.grant('7', 'Ops', call())).rejects.toMatchObject(refused);
  let looks = 0;
  const raced = await server({
    'GET /Groups?': () => ({ body: ++looks === 1 ? list() : list(group) }),
    'POST /Groups': error(409, 'uniqueness'),
    'PATCH /Groups/g': { status: 204, body: '' },
  });
  await raced.connector.grant('7', 'Ops', call());
  expect(raced.writes().map(asked)).toEqual(['POST /Groups', 'PATCH /Groups/g']);
});

test('two groups of one name are a question for a human', async () => {
  const { connector } = await server({ 'GET /Groups?': { body: list(group, { ...group, id: 'h' }) } });
  await expect(connector.grant('7', 'Ops', call())).rejects.toMatchObject({ code: 'target_refused' });
});

test.for(['user', 'members.value', 'scan'])('memberships by %s', async (memberships) => {
  const { connector, received } = await server(
    {
      'GET /Users/1': { body: { ...ada, id: '1', groups: [{ value: 'g', display: 'Ops' }] } },
      'GET /Groups?': { body: memberships === 'scan' ? list(group, { ...group, members: [] }) : list(group) },
    },
    { memberships },
  );
  expect((await connector.find('1', signal()))?.groups).toEqual(['Ops']);
  const [, asking] = received.map(asked);
  if (memberships === 'members.value') expect(asking).toContain('filter=members.value eq "1"');
});
