import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway();
});
afterEach(() => gangway.setFault({ mode: 'none' }));
afterAll(() => gangway?.stop());

type Received = { method: string; path: string; status: number; repeats: number; idempotencyKey: string | null };
const received = async (path: string) =>
  ((await gangway.sandbox('GET', '/received')).body['received'] as Received[]).filter((call) =>
    call.path.endsWith(path),
  );
const accountOf = async (name: string) =>
  (await gangway.accounts()).find(({ email }) => email === `${name}@example.com`);
const join = async (name: string) => String((await gangway.scim('POST', '/Users', scimUser(name))).body['id']);
const actionsOf = async (id: string) =>
  (await gangway.db.raw('select kind, state, attempts, answer from actions where person_id = ? order by id', [id]))
    .rows;

test('an invite whose answer is lost makes one account, under one idempotency key', async () => {
  await gangway.setFault({ mode: 'lost_answer', hits: 'writes', remaining: 1 });
  const id = await join('lost');
  await settled(gangway.db);
  expect((await gangway.accounts()).filter(({ email }) => email === 'lost@example.com')).toHaveLength(1);
  const link = await gangway.db.raw('select state, origin, remote_id from links where person_id = ?', [id]);
  expect(link.rows).toEqual([{ state: 'invited', origin: 'invited', remote_id: (await accountOf('lost'))?.id }]);
});

test.for(['lost_answer', 'unavailable', 'reset', 'garbage'])(
  'a suspension goes through although the target answers with %s twice',
  async (mode) => {
    const name = `leaver-${mode.replace('_', '-')}`;
    const id = await join(name);
    await eventually('invited', () => accountOf(name));
    await settled(gangway.db);
    await gangway.setFault({ mode, remaining: 2 });
    await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: false }));
    await eventually('suspended', async () => (await accountOf(name))?.status === 'suspended', 20_000);
    await settled(gangway.db);
    const { rows } = await gangway.db.raw('select state, attempts from work_item where subject_id = ?', [id]);
    expect(rows).toEqual([{ state: 'idle', attempts: 0 }]);
  },
);

test('a target that is down is left alone, uses up nobody’s attempts, and gets everything when it is back', async () => {
  await gangway.setFault({ mode: 'unavailable' });
  const ids = await Promise.all(['down1', 'down2', 'down3'].map(join));
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const { rows } = await gangway.db.raw('select max(attempts) as most from work_item where subject_id = any(?)', [ids]);
  expect(rows[0].most).toBeLessThanOrEqual(1);
  expect(await accountOf('down1')).toBeUndefined();
  await gangway.setFault({ mode: 'none' });
  await eventually(
    'all three are invited',
    async () => (await accountOf('down1')) && (await accountOf('down2')) && (await accountOf('down3')),
  );
});

test('an outage is never taken for "no such account": nobody is invited twice after it', async () => {
  const id = await join('once');
  await eventually('invited', () => accountOf('once'));
  await settled(gangway.db);
  await gangway.setFault({ mode: 'garbage', hits: 'reads', remaining: 3 });
  await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'title', value: 'Still one' }));
  await eventually('updated', async () => (await accountOf('once'))?.title === 'Still one', 20_000);
  expect((await gangway.accounts()).filter(({ email }) => email.startsWith('once'))).toHaveLength(1);
  expect((await actionsOf(id)).map(({ kind }: { kind: string }) => kind)).toEqual(['invite', 'update']);
});

test('what the target refuses waits for a human, with the target’s own words, until something changes', async () => {
  const id = await join('mover');
  await join('owner');
  await eventually('invited', async () => (await accountOf('mover')) && (await accountOf('owner')));
  await settled(gangway.db);
  // the app has the address already, for somebody whom this connection does not know
  await gangway.sandbox('POST', '/invitations', { email: 'taken@example.com' });
  const email = (value: string) => patchOp({ op: 'replace', path: 'emails[type eq "work"].value', value });
  await gangway.scim('PATCH', `/Users/${id}`, email('taken@example.com'));
  const stuck = await eventually('at rest as dead', async () => {
    const { rows } = await gangway.db.raw('select state, last_error from work_item where subject_id = ?', [id]);
    return rows[0].state === 'dead' ? rows[0] : null;
  });
  expect(stuck.last_error).toMatch(/e-?mail/i);
  expect((await actionsOf(id)).at(-1)).toMatchObject({ kind: 'update', state: 'refused' });

  await gangway.scim('PATCH', `/Users/${id}`, email('free@example.com'));
  await eventually('updated', () => accountOf('free'));
  await settled(gangway.db);
  expect((await actionsOf(id)).map(({ state }: { state: string }) => state)).toEqual(['done', 'superseded', 'done']);
});

test('a target that hangs is given up on and asked again', async () => {
  await gangway.setFault({ mode: 'hang', remaining: 1 });
  await join('patient');
  await eventually('invited', () => accountOf('patient'), 30_000);
}, 40_000);

test('writes arrive once: no repeat was needed where nothing failed', async () => {
  const id = await join('clean');
  const { id: accountId } = await eventually('invited', () => accountOf('clean'));
  await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: false }));
  await eventually('suspended', async () => (await accountOf('clean'))?.status === 'suspended');
  const calls = await received(`${accountId}/suspend`);
  expect(calls).toMatchObject([{ repeats: 0 }]);
  expect(calls[0]?.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
});
