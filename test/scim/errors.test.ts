import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { startScim } from '../support/app.ts';
import { aGroup, aPatch, aUser, createGroup, createUser, ERROR_URN } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());
const { request } = scim;
const user = await createUser(scim, { emails: [{ value: 'a@example.org', type: 'work' }] });
const group = await createGroup(scim);

const anError = (status: number, scimType?: string) => ({
  schemas: [ERROR_URN],
  status: String(status),
  detail: expect.stringMatching(/\S/),
  ...(scimType ? { scimType } : {}),
});

test.for([
  { name: 'broken JSON', body: '{"userName":', status: 400, scimType: 'invalidSyntax' },
  { name: 'an empty body', body: '', status: 400, scimType: 'invalidSyntax' },
  { name: 'an array', body: '[]', status: 400, scimType: 'invalidSyntax' },
  { name: 'a string', body: '"x"', status: 400, scimType: 'invalidSyntax' },
  { name: 'a number', body: '7', status: 400, scimType: 'invalidSyntax' },
  { name: 'null', body: 'null', status: 400, scimType: 'invalidSyntax' },
])('$name as a body is $status $scimType, wherever a body is due', async ({ body, status, scimType }) => {
  for (const [method, path] of [
    ['POST', '/Users'],
    ['PUT', `/Users/${user.id}`],
    ['PATCH', `/Users/${user.id}`],
    ['POST', '/Groups'],
    ['PUT', `/Groups/${group.id}`],
    ['PATCH', `/Groups/${group.id}`],
    ['POST', '/Users/.search'],
  ] as const) {
    const answer = await request(method, path, body);
    expect([method, path, answer.status]).toEqual([method, path, status]);
    expect(answer.body).toEqual(anError(status, scimType));
    expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/);
  }
});

test.for([
  { type: 'application/scim+json', status: 201 },
  { type: 'application/json', status: 201 },
  { type: 'application/json; charset=utf-8', status: 201 },
  { type: 'application/scim+json;charset=UTF-8', status: 201 },
  { type: 'text/plain', status: 415 },
  { type: 'application/x-www-form-urlencoded', status: 415 },
  { type: 'application/json; charset=latin1', status: 415 },
])('a body of type $type is $status (C32)', async ({ type, status }) => {
  const answer = await request('POST', '/Users', aUser(), { 'content-type': type });
  expect(answer.status).toBe(status);
  if (status === 415) expect(answer.body).toEqual(anError(415));
});

test.for(['*/*', 'application/json', 'application/scim+json', 'text/html'])(
  'Accept: %s is answered (C32)',
  async (accept) => {
    const answer = await request('GET', '/Users', undefined, { accept });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('scim+json')]);
  },
);

test('a body that is compressed in a way nobody knows is 415', async () => {
  expect((await request('POST', '/Users', aUser(), { 'content-encoding': 'zstd9' })).status).toBe(415);
});

test('a body beyond ten megabytes is 413', async () => {
  const answer = await request('POST', '/Users', `{"title":"${'x'.repeat(10_500_000)}"}`);
  expect([answer.status, answer.body]).toEqual([413, anError(413)]);
});

test.for([
  { name: 'an unknown endpoint', path: '/People', hint: '/Users' },
  { name: 'the root', path: '/', hint: '/Users' },
  { name: 'a doubled /v2 (C33)', path: '/v2/Users', hint: 'did you mean {base}/Users?' },
  { name: 'a doubled /scim/v2 with an id (C33)', path: '/scim/v2/Users/7', hint: 'did you mean {base}/Users/7?' },
  { name: 'a singular', path: '/User/7', hint: 'did you mean {base}/Users/7?' },
  { name: 'the config’s plural of SCIM 1', path: '/ServiceProviderConfigs', hint: '{base}/ServiceProviderConfig?' },
  { name: 'too long a path', path: `/Users/${user.id}/emails`, hint: `did you mean {base}/Users/${user.id}?` },
])('$name is 404 and says what was meant', async ({ path, hint }) => {
  const answer = await request('GET', path);
  expect([answer.status, answer.body]).toEqual([404, anError(404)]);
  expect(answer.body.detail).toContain(hint.replace('{base}', scim.base));
});

test.for(['/users', '/USERS/', '/Users/', '/groups'])(
  '%s is answered, except in the rfc profile (C33)',
  async (path) => {
    expect((await request('GET', path)).status).toBe(200);
    const strict = await scim.as.rfc.request('GET', path);
    expect(strict.status).toBe(path === '/Users/' ? 200 : 404);
    if (strict.status === 404) expect(strict.body.detail).toMatch(/did you mean .*\/(Users|Groups)\?/);
  },
);

test.for([
  { name: 'an id that nobody has', id: randomUUID() },
  { name: 'an id that is no UUID', id: 'no-such-id' },
  { name: 'an id with a quote', id: encodeURIComponent(`' or 1=1 --`) },
  { name: 'an id with NUL', id: '%00' },
  { name: 'a dot path', id: '%2e%2e%2fSchemas' },
  { name: 'a very long id', id: 'x'.repeat(5_000) },
])('$name is 404 in every verb (C27)', async ({ id }) => {
  for (const kind of ['Users', 'Groups']) {
    const whole = kind === 'Users' ? aUser() : aGroup();
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', whole],
      ['PATCH', aPatch({ op: 'replace', value: { displayName: 'x' } })],
      ['DELETE', undefined],
    ] as const) {
      const answer = await request(method, `/${kind}/${id}`, body);
      expect([method, answer.status, answer.body]).toEqual([method, 404, anError(404)]);
    }
  }
});

test('a broken percent escape is 400', async () => {
  expect((await request('GET', '/Users/%E0%A4%A')).status).toBe(400);
});

test.for([
  { method: 'PUT', path: '/Users', allow: 'GET, HEAD, POST' },
  { method: 'DELETE', path: '/Users/', allow: 'GET, HEAD, POST' },
  { method: 'PATCH', path: '/Groups', allow: 'GET, HEAD, POST' },
  { method: 'POST', path: `/Users/${randomUUID()}`, allow: 'GET, HEAD, PUT, PATCH, DELETE' },
  { method: 'GET', path: '/Users/.search', allow: 'POST' },
  { method: 'POST', path: '/Schemas', allow: 'GET, HEAD' },
  { method: 'GET', path: '/Bulk', allow: 'POST' },
  { method: 'GET', path: '/.search', allow: 'POST' },
  { method: 'DELETE', path: '/ServiceProviderConfig', allow: 'GET, HEAD' },
])('$method $path is 405 and says what is possible', async ({ method, path, allow }) => {
  const answer = await request(method, path, method === 'GET' || method === 'DELETE' ? undefined : {});
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  expect(answer.body).toEqual(anError(405));
});

test.for([
  ['GET', '/Me'],
  ['PATCH', '/Me'],
] as const)('%s %s is 501', async ([method, path]) => {
  const answer = await request(method, path, method === 'GET' ? undefined : {});
  expect([answer.status, answer.body]).toEqual([501, anError(501)]);
});
