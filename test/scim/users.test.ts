import { afterAll, expect, test } from 'vitest';
import { startScim } from '../support/app.ts';
import { aPatch, aUser, createGroup, createUser, ENTERPRISE_URN, ERROR_URN, USER_URN } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());
const { request } = scim;

test('a created user is answered as 201 with Location, ETag and all that was stored', async () => {
  const sent = aUser({
    name: { givenName: 'Ada' },
    emails: [{ value: 'ada@example.org', type: 'work', primary: true }],
  });
  const { status, headers, body } = await request('POST', '/Users', sent);
  expect(status).toBe(201);
  expect(headers.get('content-type')).toMatch(/^application\/scim\+json/);
  expect(body).toMatchObject(sent);
  const location = `${scim.base}/Users/${body.id}`;
  expect(headers.get('location')).toBe(location);
  expect(headers.get('etag')).toBe('W/"1"');
  expect(body.meta).toEqual({
    resourceType: 'User',
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    lastModified: body.meta.created,
    location,
    version: 'W/"1"',
  });
  expect((await request('GET', `/Users/${body.id}`)).body).toEqual(body);
});

test('the enterprise extension is stored and named in schemas', async () => {
  const enterprise = { employeeNumber: '7', department: 'Tools', manager: { value: 'boss', $ref: '../Users/boss' } };
  const user = await createUser(scim, { schemas: [USER_URN, ENTERPRISE_URN], [ENTERPRISE_URN]: enterprise });
  expect(user.schemas).toEqual([USER_URN, ENTERPRISE_URN]);
  expect(user[ENTERPRISE_URN]).toEqual(enterprise);
});

test('an extension that nobody speaks of is not named in schemas', async () => {
  const user = await createUser(scim, { schemas: [USER_URN, ENTERPRISE_URN] });
  expect(user.schemas).toEqual([USER_URN]);
});

test.for([
  { name: 'the client’s id', sent: { id: 'mine' } },
  { name: 'the client’s meta', sent: { meta: { created: '2001-01-01T00:00:00Z' } } },
  { name: 'a password', sent: { password: 's3cret' } },
  { name: 'groups, which only we write', sent: { groups: [{ value: 'g' }] } },
])('$name in a new user is ignored (C31)', async ({ sent }) => {
  const user = await createUser(scim, sent);
  const [[key, value]] = Object.entries(sent) as [[string, unknown]];
  expect(user[key]).not.toEqual(value);
  expect(JSON.stringify(user)).not.toContain('s3cret');
});

test('a user of whose activity nothing is said is active, and shown so', async () => {
  const user = await createUser(scim, { active: undefined });
  expect(user.active).toBe(true);
});

test('PUT replaces the whole: what it does not name is gone', async () => {
  const { id, userName } = await createUser(scim, { title: 'Dr', nickName: 'A' });
  const { status, headers, body } = await request('PUT', `/Users/${id}`, aUser({ userName, nickName: 'B' }));
  expect(status).toBe(200);
  expect(headers.get('etag')).toBe('W/"2"');
  expect(body).toMatchObject({ id, userName, nickName: 'B', meta: { version: 'W/"2"' } });
  expect(body).not.toHaveProperty('title');
});

test('PUT of what is stored already makes no new version', async () => {
  const user = await createUser(scim, { title: 'Dr' });
  const { status, body } = await request('PUT', `/Users/${user.id}`, user);
  expect(status).toBe(200);
  expect(body).toEqual(user);
});

test('equal PUTs at the same time all succeed', async () => {
  const { id, userName } = await createUser(scim);
  const whole = aUser({ userName, title: 'same' });
  const answers = await Promise.all(Array.from({ length: 8 }, () => request('PUT', `/Users/${id}`, whole)));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
});

test('PATCH answers 204, and 200 with the user where attributes are asked for', async () => {
  const { id } = await createUser(scim);
  const patch = (title: string) => aPatch({ op: 'replace', path: 'title', value: title });
  const plain = await request('PATCH', `/Users/${id}`, patch('a'));
  expect([plain.status, plain.text, plain.headers.get('etag')]).toEqual([204, '', 'W/"2"']);
  const shown = await request('PATCH', `/Users/${id}?attributes=title`, patch('b'));
  expect([shown.status, shown.body]).toEqual([200, { schemas: [USER_URN], id, title: 'b' }]);
});

test('a PATCH that fails in its last operation changes nothing', async () => {
  const user = await createUser(scim, { title: 'before' });
  const patch = aPatch(
    { op: 'replace', path: 'title', value: 'after' },
    { op: 'replace', path: 'active', value: 'no' },
  );
  expect((await request('PATCH', `/Users/${user.id}`, patch)).status).toBe(400);
  expect((await request('GET', `/Users/${user.id}`)).body).toEqual(user);
});

test('a PATCH that changes nothing succeeds and makes no new version (C17)', async () => {
  const { id } = await createUser(scim, { title: 'x' });
  const { status, headers } = await request('PATCH', `/Users/${id}`, aPatch({ op: 'replace', value: { title: 'x' } }));
  expect([status, headers.get('etag')]).toEqual([204, 'W/"1"']);
});

test('DELETE answers 204, then the user is not found and the userName is free', async () => {
  const { id, userName } = await createUser(scim);
  const gone = await request('DELETE', `/Users/${id}`);
  expect([gone.status, gone.text]).toEqual([204, '']);
  for (const method of ['GET', 'DELETE']) expect((await request(method, `/Users/${id}`)).status).toBe(404);
  expect((await createUser(scim, { userName })).id).not.toBe(id);
});

test('a deactivated user stays readable and findable (C15)', async () => {
  const { id, userName } = await createUser(scim);
  await request('PATCH', `/Users/${id}`, aPatch({ op: 'replace', value: { active: false } }));
  expect((await request('GET', `/Users/${id}`)).body.active).toBe(false);
  const found = await request('GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`);
  expect(found.body.Resources).toMatchObject([{ id, active: false }]);
});

test.for([
  { name: 'taken', change: (userName: string) => userName },
  { name: 'taken in another letter case', change: (userName: string) => userName.toUpperCase() },
])('a userName that is $name is 409 uniqueness by POST, PUT and PATCH', async ({ change }) => {
  const { userName } = await createUser(scim);
  const other = await createUser(scim);
  const taken = change(userName);
  const answers = [
    await request('POST', '/Users', aUser({ userName: taken })),
    await request('PUT', `/Users/${other.id}`, aUser({ userName: taken })),
    await request('PATCH', `/Users/${other.id}`, aPatch({ op: 'replace', path: 'userName', value: taken })),
  ];
  for (const { status, body } of answers) {
    expect(status).toBe(409);
    expect(body).toMatchObject({ schemas: [ERROR_URN], status: '409', scimType: 'uniqueness' });
  }
});

test('a user may change the letter case of their own userName', async () => {
  const { id, userName } = await createUser(scim);
  const path = 'userName';
  const patched = await request(
    'PATCH',
    `/Users/${id}`,
    aPatch({ op: 'replace', path, value: userName.toUpperCase() }),
  );
  expect(patched.status).toBe(204);
});

test('the same new user posted ten times at once is made once', async () => {
  const user = aUser();
  const answers = await Promise.all(Array.from({ length: 10 }, () => request('POST', '/Users', user)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)]);
});

test('a user shows the groups they are in, with display names and references', async () => {
  const { id } = await createUser(scim);
  const group = await createGroup(scim, { displayName: 'A "quoted" $ref', members: [id] });
  const { body } = await request('GET', `/Users/${id}`);
  const $ref = `${scim.base}/Groups/${group.id}`;
  expect(body.groups).toEqual([{ value: group.id, $ref, display: 'A "quoted" $ref', type: 'direct' }]);
});

test('an emptied extension disappears', async () => {
  const { id } = await createUser(scim, { [ENTERPRISE_URN]: { department: 'Tools' } });
  await request('PATCH', `/Users/${id}`, aPatch({ op: 'remove', path: `${ENTERPRISE_URN}:department` }));
  const { body } = await request('GET', `/Users/${id}`);
  expect(body).not.toHaveProperty([ENTERPRISE_URN]);
  expect(body.schemas).toEqual([USER_URN]);
});

test('HEAD answers like GET, without the body (C35)', async () => {
  const { id } = await createUser(scim);
  for (const path of [`/Users/${id}`, '/Users?count=1', '/ServiceProviderConfig']) {
    const { status, text, headers } = await request('HEAD', path);
    expect([status, text]).toEqual([200, '']);
    expect(headers.get('content-type')).toMatch(/^application\/scim\+json/);
  }
});

test.for([
  {
    name: 'an inactive person of the tolerant profiles is hired again, with the same id',
    profile: 'entra',
    again: 201,
  },
  { name: 'an inactive person of the rfc profile is a conflict', profile: 'rfc', again: 409 },
] as const)('$name (C34)', async ({ profile, again }) => {
  const client = scim.as[profile];
  const { id, userName } = await createUser(client, { active: false, title: 'old' });
  const answer = await client.request('POST', '/Users', aUser({ userName: userName.toUpperCase(), title: 'new' }));
  expect(answer.status).toBe(again);
  const now = (await client.request('GET', `/Users/${id}`)).body;
  expect(now).toMatchObject(again === 201 ? { active: true, title: 'new' } : { active: false, title: 'old' });
});

test('somebody who is active is never hired again over', async () => {
  const { userName } = await createUser(scim);
  expect((await request('POST', '/Users', aUser({ userName }))).status).toBe(409);
});
