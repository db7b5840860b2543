import { expect, test } from 'vitest';
import { createConnector } from '../../src/connectors/index.ts';
import { signal } from './rest-support.ts';
import { ada, asked, CONFIG, error, list, server, TOKEN } from './scim-support.ts';

test.for([
  { name: 'no url', settings: {}, secrets: { token: 'x' }, words: 'settings.url' },
  { name: 'an unknown setting', settings: { url: 'http://h', x: 1 }, secrets: { token: 'x' }, words: 'x' },
  {
    name: 'an unknown attribute',
    settings: { url: 'http://h', attributes: 'title,job' },
    secrets: { token: 'x' },
    words: 'attributes',
  },
  { name: 'a query in the url', settings: { url: 'http://h/?a=1' }, secrets: { token: 'x' }, words: 'settings.url' },
  { name: 'no token', settings: { url: 'http://h' }, secrets: {}, words: 'token' },
  { name: 'a token with a line break', settings: { url: 'http://h' }, secrets: { token: 'a\n' }, words: 'token' },
])('$name is refused when the target is made', ({ settings, secrets, words }) => {
  const make = () => createConnector('scim', { settings, secrets }, { sandboxUrl: '', sandboxKey: '' });
  expect(make).toThrow(expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(words) }));
});

test('settings may come as text, as the command line sends them', () => {
  const settings = { url: 'http://h', attributes: 'title, phone', groups: 'false', pageSize: '10' };
  const { capabilities } = createConnector(
    'scim',
    { settings, secrets: { token: 'x' } },
    { sandboxUrl: '', sandboxKey: '' },
  );
  expect(capabilities).toMatchObject({ attributes: ['title', 'phone'], groups: false, read: true });
});

test('a User is read with all that it says', async () => {
  const user = {
    ...ada,
    active: 'False',
    preferredLanguage: 'de',
    phoneNumbers: [{ value: '1' }, { value: '2', primary: true }],
    groups: [{ value: 'g1', display: 'Ops' }, { value: 'g2' }, { value: 'g3', display: 'Far', type: 'indirect' }],
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'D', manager: { value: 'm' } },
  };
  const { connector } = await server(
    { 'GET /Users/7': { body: user }, 'GET /Groups/g2': { body: { id: 'g2', displayName: 'Dev' } } },
    { attributes: ['givenName', 'title', 'language', 'phone', 'department', 'manager'] },
  );
  expect(await connector.find('7', signal())).toEqual({
    remoteId: '7',
    email: 'ada@example.org',
    status: 'suspended',
    attributes: { givenName: 'Ada', title: null, language: 'de', phone: '2', department: 'D', manager: 'm' },
    groups: ['Ops', 'Dev'],
  });
});

test('who is not there is absent only while the list itself is there', async () => {
  const gone = { 'GET /Users/7': error(404) };
  const { connector } = await server({ ...gone, 'GET /Users?': { body: list() } });
  expect(await connector.find('7', signal())).toBeNull();
  const { connector: wrongPath } = await server({ ...gone, 'GET /Users?': error(404) });
  await expect(wrongPath.find('7', signal())).rejects.toMatchObject({ code: 'target_refused' });
  await expect(wrongPath.search('a@b.example', signal())).rejects.toMatchObject({ code: 'target_refused' });
  const { connector: proxy } = await server({ 'GET /Users/7': { status: 404, body: '<h1>nothing here</h1>' } });
  await expect(proxy.find('7', signal())).rejects.toMatchObject({ code: 'target_down' });
});

test.for([
  ['an empty object', {}],
  ['a list without a total', { Resources: [] }],
  ['a total without its resources', { totalResults: 1, Resources: 'x' }],
  ['a user', ada],
  ['a page', '<h1>Sign in</h1>'],
])('%s instead of a list is not "nobody"', async ([, body]) => {
  const { connector } = await server({ 'GET /Users': { body } });
  await expect(connector.search('ada@example.org', signal())).rejects.toMatchObject({ code: 'target_down' });
  await expect(connector.list(null, signal())).rejects.toMatchObject({ code: 'target_down' });
});

test('another user than asked for is not taken for the one', async () => {
  const { connector } = await server({ 'GET /Users/8': { body: ada } });
  await expect(connector.find('8', signal())).rejects.toMatchObject({ code: 'target_down' });
});

test('a server that ignores the filter is refused', async () => {
  const { connector } = await server({ 'GET /Users?filter': { body: list(ada, { ...ada, id: '8', emails: [] }) } });
  const refused = { code: 'target_refused', message: expect.stringContaining('ignore the filter') };
  await expect(connector.search('bob@example.org', signal())).rejects.toMatchObject(refused);
});

test('a search asks with `eq` alone, in the letter case given and in lower case', async () => {
  const { connector, received } = await server({
    'GET /Users?filter=emails.value eq "ada': { body: list(ada) },
    'GET /Users': { body: list() },
  });
  const found = await connector.search('Ada@Example.org', signal());
  expect(found.map(({ remoteId }) => remoteId)).toEqual(['7']);
  const filters = received.map((request) => new URL(request.url, 'http://h').searchParams.get('filter'));
  expect(filters.filter(Boolean)).toEqual([
    'userName eq "Ada@Example.org"',
    'emails.value eq "Ada@Example.org"',
    'userName eq "ada@example.org"',
    'emails.value eq "ada@example.org"',
  ]);
});

test('a server that cannot filter by e-mail is read page by page, and asked for the filter once', async () => {
  const bob = { ...ada, id: '8', userName: 'bob', emails: [{ value: 'bob@example.org' }] };
  const { connector, received } = await server(
    {
      'GET /Users?filter=emails': error(400, 'invalidFilter'),
      'GET /Users?filter=userName': { body: list() },
      'GET /Users?startIndex=1&': { body: { totalResults: 2, Resources: [ada] } },
      'GET /Users?startIndex=2&': { body: { totalResults: 2, Resources: [bob] } },
    },
    { pageSize: 1 },
  );
  for (let times = 0; times < 2; times += 1) {
    expect((await connector.search('BOB@example.org', signal())).map(({ remoteId }) => remoteId)).toEqual(['8']);
  }
  expect(received.filter(({ url }) => url.includes('emails.value'))).toHaveLength(1);
});

test('where the user name is the e-mail, no other filter is sent', async () => {
  const named = { ...ada, userName: 'ada@example.org' };
  const { connector, received } = await server({ 'GET /Users': { body: list(named) } }, { userFilter: 'userName' });
  expect(await connector.search('ada@example.org', signal())).toHaveLength(1);
  expect(received.filter(({ url }) => url.includes('emails'))).toEqual([]);
  expect(connector.capabilities.attributes).not.toContain('userName');
});

test('a list goes by number, as many as the server gives, and by cursor where the server offers it', async () => {
  const page = (from: number, ...ids: string[]) => ({
    body: { totalResults: 3, startIndex: from, Resources: ids.map((id) => ({ ...ada, id })) },
  });
  const { connector } = await server({
    'GET /Users?startIndex=1&': page(1, 'a', 'b'),
    'GET /Users?startIndex=3&': page(3, 'c'),
  });
  const first = await connector.list(null, signal());
  expect(first.next).toBe('3');
  expect(await connector.list(first.next, signal())).toMatchObject({ accounts: [{ remoteId: 'c' }], next: null });

  const cursors = await server(
    {
      'GET /Users?cursor=&': { body: { totalResults: 2, Resources: [ada], nextCursor: 'n+/=' } },
      'GET /Users?cursor=n': { body: { totalResults: 2, Resources: [ada] } },
    },
    {},
    { ...CONFIG, pagination: { cursor: true } },
  );
  const start = await cursors.connector.list(null, signal());
  expect((await cursors.connector.list(start.next, signal())).next).toBeNull();
  expect(new URL(cursors.received.at(-1)?.url ?? '', 'http://h').searchParams.get('cursor')).toBe('n+/=');
});

test('check asks for the config and the list each time, with the token', async () => {
  const { connector, received } = await server({ 'GET /Users': { body: list() } });
  await connector.check(signal());
  await connector.check(signal());
  expect(received.map(asked)).toEqual(Array(2).fill(['GET /ServiceProviderConfig', 'GET /Users?count=1']).flat());
  expect(received.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
});

test.for([
  [401, {}, { code: 'target_refused' }],
  [503, { 'retry-after': '9' }, { code: 'target_down', retryAfter: 9 }],
  [429, { 'retry-after': '9' }, { code: 'target_busy', retryAfter: 9 }],
  [302, { location: 'http://elsewhere' }, { code: 'target_refused' }],
] as const)(
  '%i is judged as with any other target, without the token in its words',
  async ([status, headers, fault]) => {
    const { connector } = await server({ 'GET /Users': { status, headers, body: { detail: `Bearer ${TOKEN}` } } });
    const message = expect.not.stringContaining(TOKEN);
    await expect(connector.search('a@b.example', signal())).rejects.toMatchObject({ ...fault, message });
  },
);
