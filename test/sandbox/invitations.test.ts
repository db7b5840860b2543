import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSandbox } from './running.ts';

let sandbox: Awaited<ReturnType<typeof runSandbox>>;
beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.stop());

const invite = (email: string, key?: string) =>
  sandbox.call('POST', '/invitations', { email }, key === undefined ? {} : { key });
const usersWith = async (email: string) =>
  (await sandbox.call('GET', `/users?email=${encodeURIComponent(email)}`)).body.users;
const receivedWith = async (key: string) => (await sandbox.call('GET', `/received?key=${key}`)).body.received;
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

test('an invitation makes an invited account with every field', async () => {
  const { status, body } = await sandbox.call('POST', '/invitations', { email: 'Ada@example.org', first_name: 'Ada' });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^acc_[a-km-z2-9]+$/),
    email: 'Ada@example.org',
    status: 'invited',
    first_name: 'Ada',
    last_name: null,
    display_name: null,
    title: null,
    department: null,
    employee_number: null,
    manager: null,
    phone: null,
    locale: null,
    external_ref: null,
    groups: [],
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    updated_at: body.created_at,
    accepted_at: null,
    cards: 'usable',
    sessions: 0,
  });
  expect((await sandbox.call('GET', `/users/${body.id}`)).body).toEqual(body);
});

test('the same key again answers the same account and changes nothing', async () => {
  const first = await invite('grace@example.org', 'key-1');
  const second = await sandbox.call(
    'POST',
    '/invitations',
    { email: 'grace@example.org', title: 'Admiral' },
    { key: 'key-1' },
  );
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body).toEqual(first.body);
  expect(await receivedWith('key-1')).toMatchObject([
    { method: 'POST', path: '/invitations', status: 201, repeats: 1 },
  ]);
});

test('twenty invitations at once with one key make one account', async () => {
  const replies = await Promise.all(times(20, () => invite('annie@example.org', 'key-2')));
  expect(replies.map((reply) => reply.status).sort()).toEqual([...times(19, () => 200), 201]);
  expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
  expect(await usersWith('annie@example.org')).toHaveLength(1);
  expect(await receivedWith('key-2')).toMatchObject([{ status: 201, repeats: 19 }]);
});

test('twenty invitations at once with one e-mail address and a key each make one account', async () => {
  const replies = await Promise.all(times(20, (index) => invite('radia@example.org', `race-${index}`)));
  expect(replies.map((reply) => reply.status).sort()).toEqual([201, ...times(19, () => 409)]);
  expect(await usersWith('radia@example.org')).toHaveLength(1);
});

test('an e-mail address is taken whatever its letter case', async () => {
  await invite('Jörg.Ä@example.org');
  const { status, body } = await invite('jÖrg.ä@EXAMPLE.org', 'key-3');
  expect([status, body.error.code]).toEqual([409, 'email_taken']);
  expect(await usersWith('JÖRG.Ä@example.ORG')).toMatchObject([{ email: 'Jörg.Ä@example.org' }]);
  expect(await receivedWith('key-3')).toMatchObject([{ status: 409, repeats: 0 }]);
});

test('a refused invitation does not use up its key', async () => {
  const { body } = await invite('mary@example.org');
  expect((await invite('mary@example.org', 'key-4')).status).toBe(409);
  await sandbox.call('DELETE', `/users/${body.id}`);
  expect((await invite('mary@example.org', 'key-4')).status).toBe(201);
  expect(await receivedWith('key-4')).toMatchObject([{ status: 201, repeats: 1 }]);
});

test.for(['', 'ada', 'ada@', '@example.org', 'a da@example.org', 'ada@localhost', null, 7, undefined])(
  'the e-mail address %j is refused',
  async (email) => {
    const { status, body } = await sandbox.call('POST', '/invitations', { email });
    expect([status, body.error.code]).toEqual([422, 'invalid_email']);
  },
);
