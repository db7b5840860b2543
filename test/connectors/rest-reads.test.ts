import { expect, test } from 'vitest';
import { ada, call, connect, signal, smallest, target } from './rest-support.ts';

const { operations, account } = smallest;
const found = {
  remoteId: '7',
  email: 'ada@example.org',
  status: 'active',
  attributes: { givenName: 'Ada', title: null },
  groups: [],
};

test('find reads the account as described', async () => {
  const { url, received } = await target(() => ({ body: ada }));
  expect(await connect(url).find('7', signal())).toEqual(found);
  expect(received[0]).toMatchObject({ method: 'GET', url: '/users/7' });
  expect(received[0]?.headers.authorization).toBe('Bearer sesame-open-up');
});

test.for([
  {
    name: 'a number as id, beyond 2^53',
    body: `{"id":9007199254740993,"mail":"a@b.c","state":"on"}`,
    remoteId: '9007199254740993',
  },
  { name: 'fields that may not be read', body: { id: '7', mail: 'a@b.c', state: 'on' }, attributes: {} },
  { name: 'no e-mail', body: { ...ada, mail: null }, email: '' },
])('find takes $name', async ({ body, name: _, ...expected }) => {
  const { url } = await target(() => ({ body }));
  expect(await connect(url).find(expected.remoteId ?? '7', signal())).toMatchObject(expected);
});

test.for([
  { name: 'a status that means gone', body: { ...ada, state: 'deleted' } },
  { name: 'a 404 in JSON', status: 404, body: { message: 'no such user' } },
])('find is null for $name', async ({ status, body }) => {
  const { url } = await target(() => ({ status: status ?? 200, body }));
  expect(await connect(url).find('7', signal())).toBeNull();
});

test.for([
  { name: 'a web page', body: '<h1>Welcome</h1>' },
  { name: 'an empty answer', body: '' },
  { name: 'half an answer', body: '{"id":"7","mail":"ada@exa' },
  { name: 'null', body: 'null' },
  { name: 'a list', body: [ada] },
  { name: 'a number', body: '7' },
  { name: 'no id', body: { ...ada, id: undefined } },
  { name: 'an empty id', body: { ...ada, id: '' } },
  { name: 'another id', body: { ...ada, id: '8' } },
  { name: 'an id that is a list', body: { ...ada, id: ['7'] } },
  { name: 'no e-mail field', body: { ...ada, mail: undefined } },
  { name: 'a status that nobody knows', body: { ...ada, state: 'asleep' } },
  { name: 'a status named like a part of every object', body: { ...ada, state: 'constructor' } },
  { name: 'no status', body: { ...ada, state: undefined } },
  { name: 'an attribute that is no text', body: { ...ada, title: {} } },
])('find of $name is target_down, not absent', async ({ body }) => {
  const { url } = await target(() => ({ body }));
  await expect(connect(url).find('7', signal())).rejects.toMatchObject({ code: 'target_down' });
});

test('search compares without letter case, and leaves out who is gone', async () => {
  const users = [
    { ...ada, mail: 'ADA@Example.org' },
    { ...ada, id: '8', state: 'deleted' },
  ];
  const { url, received } = await target(() => ({ body: { users } }));
  expect(await connect(url).search('ada@example.org', signal())).toEqual([{ ...found, email: 'ADA@Example.org' }]);
  expect(received[0]?.url).toBe('/users?mail=ada%40example.org');
});

test.for([
  { name: 'everybody, the asked one too', users: [ada, { ...ada, id: '8', mail: 'bob@example.org' }] },
  { name: 'somebody else', users: [{ ...ada, mail: 'bob@example.org' }] },
])('search that answers $name is refused: the filter was ignored', async ({ users }) => {
  const { url } = await target(() => ({ body: { users } }));
  const searching = connect(url).search('ada@example.org', signal());
  await expect(searching).rejects.toMatchObject({
    code: 'target_refused',
    message: expect.stringMatching(/ignore the filter/),
  });
});

test.for([
  { name: 'no list', body: {} },
  { name: 'null', body: { users: null } },
  { name: 'an object', body: { users: {} } },
  { name: 'a list of nothing', body: { users: [null] } },
  { name: 'an empty answer', body: '' },
])('search that answers $name is target_down, not empty', async ({ body }) => {
  const { url } = await target(() => ({ body }));
  await expect(connect(url).search('ada@example.org', signal())).rejects.toMatchObject({ code: 'target_down' });
});

const paged = {
  ...operations,
  search: {
    request: 'GET /users',
    match: 'contains',
    query: { q: '{{ email }}', page: '{{ cursor }}' },
    items: 'body.users',
    next: 'body.next',
  },
  list: { request: 'GET /users', query: { page: '{{ cursor }}' }, items: 'body.users', next: 'body.next' },
};

test('search for a part of the address reads all pages and keeps whole matches', async () => {
  const pages = [
    { users: [{ ...ada, id: '1', mail: 'joada@example.org' }], next: 2 },
    { users: [ada], next: null },
  ];
  const { url, received } = await target(({ url }) => ({ body: pages[url.includes('page=2') ? 1 : 0] }));
  expect(await connect(url, { operations: paged }).search('ada@example.org', signal())).toEqual([found]);
  expect(received.map((request) => request.url)).toEqual([
    '/users?q=ada%40example.org',
    '/users?q=ada%40example.org&page=2',
  ]);
});

test('a page that names itself as the next is target_down', async () => {
  const { url } = await target(() => ({ body: { users: [], next: 'a' } }));
  const connector = connect(url, { operations: paged });
  expect(await connector.list(null, signal())).toEqual({ accounts: [], next: 'a' });
  await expect(connector.list('a', signal())).rejects.toMatchObject({ code: 'target_down' });
  await expect(connector.search('ada@example.org', signal())).rejects.toMatchObject({ code: 'target_down' });
});

test('groups are read by name; what is no list of names is target_down', async () => {
  const { url } = await target(({ url }) => ({
    body: { ...ada, teams: url.endsWith('7') ? [{ name: 'Ops' }] : 'Ops' },
  }));
  const change = { request: 'PUT /x/{{ id }}' };
  const connector = connect(url, {
    account: { ...account, groups: 'item.teams.map(t, t.name)' },
    operations: { ...operations, grant: change, revoke: change },
  });
  expect(await connector.find('7', signal())).toMatchObject({ groups: ['Ops'] });
  await expect(connector.find('8', signal())).rejects.toMatchObject({ code: 'target_down' });
});

test('what the description lacks is refused', async () => {
  const connector = connect('http://127.0.0.1:9');
  const refused = { code: 'target_refused' };
  await expect(connector.list(null, signal())).rejects.toMatchObject(refused);
  await expect(connector.suspend('7', call())).rejects.toMatchObject(refused);
  await expect(connector.grant('7', 'Ops', call())).rejects.toMatchObject(refused);
});

test('where lists show only a part, each account is read by find, and who went meanwhile is left out', async () => {
  const { url, received } = await target(({ url }) => {
    if (url.startsWith('/users?')) return { body: { users: [{ id: '7' }, { id: '8' }] } };
    return url === '/users/7' ? { body: ada } : { status: 404 };
  });
  const { search } = operations;
  const list = { request: 'GET /users', query: { all: '1' }, items: 'body.users', readEach: true };
  const connector = connect(url, { operations: { ...operations, list, search: { ...search, readEach: true } } });
  expect(await connector.list(null, signal())).toEqual({ accounts: [found], next: null });
  expect(await connector.search('ada@example.org', signal())).toEqual([found]);
  expect(received).toHaveLength(6);
});

test('an address with a control character is not looked for', async () => {
  const { url, received } = await target(() => ({ body: { users: [] } }));
  await expect(connect(url).search('ada\u0000@example.org', signal())).rejects.toMatchObject({
    code: 'target_refused',
  });
  expect(received).toEqual([]);
});
