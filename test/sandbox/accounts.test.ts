import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSandbox } from './running.ts';

let sandbox: Awaited<ReturnType<typeof runSandbox>>;
beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.stop());

const invite = async (email: string, more: object = {}) =>
  (await sandbox.call('POST', '/invitations', { email, ...more })).body;
const accept = (id: string) => fetch(`${sandbox.page}/accounts/${id}/accept`, { method: 'POST', redirect: 'manual' });
const statusAfter = async (id: string, step: 'suspend' | 'resume') =>
  (await sandbox.call('POST', `/users/${id}/${step}`)).body.status;

test.for([
  { name: 'no key', headers: {} },
  { name: 'a wrong key', headers: { authorization: 'Bearer the-kez' } },
  { name: 'the beginning of the key', headers: { authorization: 'Bearer the-ke' } },
  { name: 'an empty key', headers: { authorization: 'Bearer ' } },
  { name: 'another scheme', headers: { authorization: 'Basic the-key' } },
])('$name is answered with 401', async ({ headers }) => {
  for (const path of ['/users', '/faults', '/received', '/nowhere']) {
    const res = await fetch(`${sandbox.page}/api/v1${path}`, { headers });
    expect(res.status).toBe(401);
    expect(await res.json()).toEqual({ error: { code: 'unauthorized', message: expect.any(String) } });
  }
});

test('an account is invited, accepted, suspended and resumed', async () => {
  const { id } = await invite('life@example.org');
  expect((await accept(id)).status).toBe(303);
  const accepted = (await sandbox.call('GET', `/users/${id}`)).body;
  expect(accepted).toMatchObject({ status: 'active', accepted_at: expect.any(String) });
  expect(await statusAfter(id, 'suspend')).toBe('suspended');
  expect(await statusAfter(id, 'suspend')).toBe('suspended');
  expect(await statusAfter(id, 'resume')).toBe('active');
  expect(await statusAfter(id, 'resume')).toBe('active');
  await accept(id);
  expect((await sandbox.call('GET', `/users/${id}`)).body.accepted_at).toBe(accepted.accepted_at);
});

test('a suspended invitation cannot be accepted and is resumed as an invitation', async () => {
  const { id } = await invite('never@example.org');
  expect(await statusAfter(id, 'suspend')).toBe('suspended');
  await accept(id);
  expect((await sandbox.call('GET', `/users/${id}`)).body.status).toBe('suspended');
  expect(await statusAfter(id, 'resume')).toBe('invited');
});

test('a second suspend does not count as a change', async () => {
  const { id } = await invite('twice@example.org');
  const first = (await sandbox.call('POST', `/users/${id}/suspend`)).body;
  expect((await sandbox.call('POST', `/users/${id}/suspend`)).body).toEqual(first);
});

test('a change sets what it names, unsets what is null and leaves the rest', async () => {
  const { id } = await invite('change@example.org', { first_name: 'Ada', title: 'Nurse', phone: '+31 6' });
  const { status, body } = await sandbox.call('PATCH', `/users/${id}`, { title: null, department: 'Ward 4' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ first_name: 'Ada', title: null, department: 'Ward 4', phone: '+31 6' });
  expect(Date.parse(body.updated_at)).toBeGreaterThan(Date.parse(body.created_at));
});

test('an e-mail address can change, but not to one that is taken', async () => {
  await invite('taken@example.org');
  const { id } = await invite('old@example.org');
  const taken = await sandbox.call('PATCH', `/users/${id}`, { email: 'TAKEN@example.org', title: 'Nurse' });
  expect([taken.status, taken.body.error.code]).toEqual([409, 'email_taken']);
  expect((await sandbox.call('PATCH', `/users/${id}`, { email: null })).body.error.code).toBe('invalid_email');
  const moved = await sandbox.call('PATCH', `/users/${id}`, { email: 'New@example.org' });
  expect(moved.body).toMatchObject({ email: 'New@example.org', title: null });
  expect((await sandbox.call('GET', '/users?email=old@example.org')).body.users).toEqual([]);
  expect((await sandbox.call('GET', '/users?email=new@example.org')).body.users).toMatchObject([{ id }]);
});

test('an erased account is gone', async () => {
  const { id } = await invite('gone@example.org');
  expect(await sandbox.call('DELETE', `/users/${id}`)).toMatchObject({ status: 204, body: null });
  for (const [method, path] of [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/suspend'],
    ['POST', '/resume'],
  ] as const) {
    const reply = await sandbox.call(method, `/users/${id}${path}`, method === 'PATCH' ? {} : undefined);
    expect([reply.status, reply.body.error.code]).toEqual([404, 'user_not_found']);
  }
});

test('pages follow each other by id, with every account once', async () => {
  for (let index = 0; index < 7; index++) await invite(`page${index}@example.org`);
  const all = (await sandbox.call('GET', '/users')).body;
  const seen: unknown[] = [];
  for (let path = '/users?limit=3'; ; ) {
    const { body } = await sandbox.call('GET', path);
    seen.push(...body.users);
    if (!body.next) break;
    expect(body.users).toHaveLength(3);
    path = `/users?limit=3&after=${body.next}`;
  }
  expect(all.next).toBeNull();
  expect(seen).toEqual(all.users);
  expect(all.users.map((user) => user.id)).toEqual(all.users.map((user) => user.id).sort());
});

test.for([
  ['GET', '/users?limit=501', undefined, 422, 'invalid_request'],
  ['GET', '/users?limit=x', undefined, 422, 'invalid_request'],
  ['GET', '/users/%00', undefined, 422, 'invalid_request'],
  ['GET', '/users/%ff', undefined, 400, 'invalid_request'],
  ['PATCH', '/users/x', { title: 7 }, 422, 'invalid_request'],
  ['POST', '/invitations', { email: 'z@example.org', title: 'a\0b' }, 422, 'invalid_request'],
  ['POST', '/invitations', { email: 'z@example.org', title: 'half a pair: \ud83d' }, 422, 'invalid_request'],
  ['POST', '/groups', { name: 'a\0b' }, 422, 'invalid_request'],
  ['PUT', '/faults', { mode: 'fire' }, 422, 'invalid_request'],
  ['GET', '/nowhere', undefined, 404, 'not_found'],
] as const)('%s %s with %j is refused', async ([method, path, body, status, code]) => {
  const reply = await sandbox.call(method, path, body);
  expect([reply.status, reply.body.error.code]).toEqual([status, code]);
});
