import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Body, type Scim, startScim } from '../support/app.ts';

const SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

let scim: Scim;
beforeAll(async () => {
  scim = await startScim();
});
afterAll(() => scim?.stop());

const bulk = (operations: unknown[], more = {}) =>
  scim.request('POST', '/Bulk', { schemas: [SCHEMA], Operations: operations, ...more });
const post = (bulkId: string, userName: string, more = {}) => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { userName, ...more },
});
const statuses = (body: Body): string[] => body.Operations.map((operation: Body) => operation.status);
const idOf = (operation: Body): string => operation.location.split('/').pop();
const find = async (userName: string) =>
  (await scim.request('GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`)).body.Resources[0];

test('new users go in together, each with location, version and status (RFC 7644 §3.7.3)', async () => {
  const { status, body } = await bulk(Array.from({ length: 50 }, (_, n) => post(`b${n}`, `many${n}@example.com`)));
  expect(status).toBe(200);
  expect(body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:BulkResponse']);
  expect(new Set(statuses(body))).toEqual(new Set(['201']));
  expect(body.Operations[7]).toMatchObject({ method: 'POST', bulkId: 'b7', version: 'W/"1"' });
  const read = await scim.request('GET', `/Users/${idOf(body.Operations[7])}`);
  expect(read.body.userName).toBe('many7@example.com');
  const { rows } = await scim.db.raw(`select count(*)::int as n from work_item where subject_id = any(?)`, [
    body.Operations.map(idOf),
  ]);
  expect(rows[0].n).toBe(50);
});

test('a stored document is the same whether it came alone or in bulk', async () => {
  const data = { title: 'T', emails: [{ value: 'x@example.com', type: 'work' }], [ENTERPRISE]: { department: 'D' } };
  const alone = await scim.request('POST', '/Users', { userName: 'alone@example.com', ...data });
  await bulk([post('a', 'inbulk@example.com', data)]);
  const { id: _, userName: __, meta: ___, ...rest } = alone.body;
  expect(await find('inbulk@example.com')).toMatchObject(rest);
});

test('one that fails does not stop the others, and says why', async () => {
  await bulk([post('a', 'taken@example.com')]);
  const { body } = await bulk([
    post('1', 'TAKEN@example.com'),
    post('2', 'twice@example.com'),
    post('3', 'Twice@example.com'),
    { method: 'POST', path: '/Users', bulkId: '4', data: { title: 'nobody' } },
    { method: 'POST', path: '/Nowhere', bulkId: '5', data: {} },
    { method: 'DELETE', path: '/Users/01a200e3-e99d-7000-ba9c-f25bf2ddbf0a' },
    { method: 'POST', path: '/Users', data: { userName: 'nobulkid@example.com' } },
    'nonsense',
    post('6', 'fine@example.com'),
  ]);
  expect(statuses(body)).toEqual(['409', '201', '409', '400', '400', '404', '400', '400', '201']);
  expect(body.Operations[0].response).toMatchObject({ status: '409', scimType: 'uniqueness' });
  expect(body.Operations[3].response.detail).toMatch(/userName/);
});

test('a group refers to users of the same request, made before or after it (RFC 7644 §3.7.2)', async () => {
  const { body } = await bulk([
    {
      method: 'POST',
      path: '/Groups',
      bulkId: 'g',
      data: { displayName: 'Bulk crew', members: [{ value: 'bulkId:u1' }, { value: 'bulkId:u2' }] },
    },
    post('u1', 'ref1@example.com'),
    post('u2', 'ref2@example.com', { [ENTERPRISE]: { manager: { value: 'bulkId:u1' } } }),
  ]);
  expect(statuses(body)).toEqual(['201', '201', '201']);
  const group = await scim.request('GET', `/Groups/${idOf(body.Operations[0])}`);
  expect(group.body.members.map(({ value }: Body) => value).toSorted()).toEqual(
    body.Operations.slice(1).map(idOf).toSorted(),
  );
  expect((await find('ref2@example.com'))[ENTERPRISE].manager.value).toBe(idOf(body.Operations[1]));
});

test('two groups may refer to each other (RFC 7644 §3.7.1)', async () => {
  const group = (bulkId: string, other: string) => ({
    method: 'POST',
    path: '/Groups',
    bulkId,
    data: { displayName: `Circle ${bulkId}`, members: [{ value: `bulkId:${other}`, type: 'Group' }] },
  });
  const { body } = await bulk([group('a', 'b'), group('b', 'a')]);
  expect(statuses(body)).toEqual(['201', '201']);
  const [a, b] = body.Operations.map(idOf);
  expect((await scim.request('GET', `/Groups/${a}`)).body.members[0].value).toBe(b);
  expect((await scim.request('GET', `/Groups/${b}`)).body.members[0].value).toBe(a);
});

test('a reference to nothing, or to one that failed, is an error of that operation alone', async () => {
  const crew = (bulkId: string, of: string) => ({
    method: 'POST',
    path: '/Groups',
    bulkId,
    data: { displayName: bulkId, members: [{ value: `bulkId:${of}` }] },
  });
  const { body } = await bulk([crew('x', 'nobody'), crew('y', 'bad'), post('bad', ''), post('ok', 'ok@example.com')]);
  expect(statuses(body)).toEqual(['400', '400', '400', '201']);
});

test('users are made, changed and deleted in one request, with versions checked', async () => {
  const { body: made } = await bulk([post('u', 'cycle@example.com')]);
  const id = idOf(made.Operations[0]);
  const patch = (value: string, version?: string) => ({
    method: 'PATCH',
    path: `/Users/${id}`,
    ...(version ? { version } : {}),
    data: { schemas: [PATCH_OP], Operations: [{ op: 'replace', path: 'title', value }] },
  });
  const { body } = await bulk([
    patch('one', 'W/"1"'),
    patch('two', 'W/"1"'),
    { method: 'PUT', path: `/Users/${id}`, data: { userName: 'cycle@example.com' } },
    { method: 'DELETE', path: `/Users/${id}` },
  ]);
  expect(statuses(body)).toEqual(['200', '412', '200', '204']);
  expect(await find('cycle@example.com')).toBeUndefined();
});

test('a path may refer to what the request made', async () => {
  const { body } = await bulk([
    post('u', 'later@example.com'),
    {
      method: 'PATCH',
      path: '/Users/bulkId:u',
      data: { schemas: [PATCH_OP], Operations: [{ op: 'add', value: { title: 'T' } }] },
    },
  ]);
  expect(statuses(body)).toEqual(['201', '200']);
  expect((await find('later@example.com')).title).toBe('T');
});

test('failOnErrors stops after so many errors and tells of what was done until then (RFC 7644 §3.7.3)', async () => {
  const { body } = await bulk([post('1', 'stop1@example.com'), post('2', ''), post('3', 'stop3@example.com')], {
    failOnErrors: 1,
  });
  expect(statuses(body)).toEqual(['201', '400']);
  expect(await find('stop3@example.com')).toBeUndefined();
});

test.for([
  { name: 'more than 1,000 operations', body: { schemas: [SCHEMA], Operations: Array(1001).fill({}) }, status: 413 },
  { name: 'no operations', body: { schemas: [SCHEMA] }, status: 400 },
  {
    name: 'a failOnErrors that is no number',
    body: { schemas: [SCHEMA], Operations: [], failOnErrors: 'one' },
    status: 400,
  },
  { name: 'another schema', body: { schemas: ['x'], Operations: [] }, status: 400 },
])('$name is refused as a whole', async ({ body, status }) => {
  expect((await scim.request('POST', '/Bulk', body)).status).toBe(status);
});

test('a rehire comes in bulk too', async () => {
  await bulk([post('1', 'again@example.com', { active: false })]);
  const before = await find('again@example.com');
  const { body } = await bulk([post('1', 'again@example.com')]);
  expect(statuses(body)).toEqual(['201']);
  expect(await find('again@example.com')).toMatchObject({ id: before.id, active: true });
});
