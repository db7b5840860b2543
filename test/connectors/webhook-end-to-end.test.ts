import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { newSecret, type Receiver, startReceiver } from './webhook-receiver.ts';

let gangway: Gangway;
let app: Receiver;
let proxy: FaultProxy;
beforeAll(async () => {
  const secret = newSecret();
  app = await startReceiver(secret);
  proxy = await startFaultProxy(new URL(app.url).origin);
  gangway = await startGangway({
    target: { kind: 'webhook', settings: { url: `${proxy.url}/hooks` }, secrets: { secret } },
  });
});
afterEach(() => {
  proxy.set('none');
  app.answer(null);
});
afterAll(async () => {
  await gangway?.stop();
  await proxy?.stop();
  await app?.stop();
});

const join = async (name: string, more = {}) =>
  String((await gangway.scim('POST', '/Users', scimUser(name, more))).body['id']);
const patch = (id: string, ...operations: unknown[]) => gangway.scim('PATCH', `/Users/${id}`, patchOp(...operations));
const setActive = (id: string, value: boolean) => patch(id, { op: 'replace', path: 'active', value });
const setTitle = (id: string, value: string) => patch(id, { op: 'replace', path: 'title', value });
const account = async (name: string) => (await app.view.search(`${name}@example.com`, AbortSignal.timeout(1000)))[0];
const becomes = (
  name: string,
  what: string,
  check: (found: NonNullable<Awaited<ReturnType<typeof account>>>) => boolean,
) =>
  eventually(
    `${name} is ${what}`,
    async () => {
      const found = await account(name);
      return found && check(found) ? found : null;
    },
    20_000,
  );
const eventsOf = (name: string) => {
  const invite = app.events.find(({ data }) => data.account?.email === `${name}@example.com`);
  return app.events.filter(({ data }) => data.account?.id === invite?.data.account.id);
};
const typesOf = (name: string) => eventsOf(name).map(({ type }) => type);

test('joiner, mover, leaver and rehire are one event each', async () => {
  const id = await join('ada', { title: 'Analyst' });
  await becomes('ada', 'invited', ({ attributes }) => attributes['title'] === 'Analyst');
  await settled(gangway.db);
  await setTitle(id, 'Head');
  await becomes('ada', 'updated', ({ attributes }) => attributes['title'] === 'Head');
  await settled(gangway.db);
  await patch(id, { op: 'remove', path: 'title' });
  await becomes('ada', 'emptied', ({ attributes }) => attributes['title'] === null);
  await settled(gangway.db);
  await setActive(id, false);
  await becomes('ada', 'suspended', ({ status }) => status === 'suspended');
  await settled(gangway.db);
  await setActive(id, true);
  await becomes('ada', 'back', ({ status }) => status === 'active');
  await settled(gangway.db);
  expect(typesOf('ada')).toEqual([
    'account.invite',
    'account.update',
    'account.update',
    'account.suspend',
    'account.resume',
  ]);
  const [, update] = eventsOf('ada');
  expect(update?.data.account).toMatchObject({ email: 'ada@example.com', attributes: { title: 'Head' } });
});

test('groups are granted and revoked', async () => {
  const id = await join('bo');
  await becomes('bo', 'there', () => true);
  const { body: group } = await gangway.scim('POST', '/Groups', { displayName: 'Ops', members: [{ value: id }] });
  await becomes('bo', 'in', ({ groups }) => groups.join() === 'Ops');
  await settled(gangway.db);
  await gangway.scim('PATCH', `/Groups/${group['id']}`, patchOp({ op: 'remove', path: `members[value eq "${id}"]` }));
  await becomes('bo', 'out', ({ groups }) => groups.length === 0);
  await settled(gangway.db);
  expect(typesOf('bo')).toEqual(['account.invite', 'group.grant', 'group.revoke']);
});

test('an invite whose answer is lost is sent again under the same webhook-id and makes one account', async () => {
  proxy.set('lost_answer');
  await join('cleo');
  await becomes('cleo', 'there', () => true);
  await settled(gangway.db);
  const events = eventsOf('cleo');
  expect(events.length).toBeGreaterThan(1);
  expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  expect([...app.accounts.values()].filter(({ email }) => email === 'cleo@example.com')).toHaveLength(1);
});

test('who changes while the answer to the invite is missing is one account with the newest values', async () => {
  let lost = 0;
  app.answer(({ type, data }) =>
    type === 'account.invite' && data.account.email.startsWith('dora') && lost++ === 0
      ? { status: 503, headers: { 'retry-after': '1' } }
      : undefined,
  );
  const id = await join('dora', { title: 'Old', displayName: 'Dora' });
  await eventually('first try', async () => lost > 0);
  await patch(id, { op: 'replace', path: 'title', value: 'New' }, { op: 'remove', path: 'displayName' });
  await becomes('dora', 'new', ({ attributes }) => attributes['title'] === 'New');
  await settled(gangway.db);
  const invites = eventsOf('dora').filter(({ type }) => type === 'account.invite');
  expect(new Set(invites.map(({ id: webhookId }) => webhookId)).size).toBe(1);
  expect(typesOf('dora').at(-1)).toBe('account.update'); // nobody can know which invite the app took
  expect(await account('dora')).toMatchObject({ attributes: { title: 'New', displayName: 'dora Tester' } });
});

test('who leaves while the answer to the invite is missing keeps no account, and gets it back later', async () => {
  // the app applies the invite each time, and its answer never arrives
  app.answer(({ type, data }) => {
    if (type !== 'account.invite' || data.account.email !== 'eve@example.com') return undefined;
    const { id: remoteId, email, attributes } = data.account;
    app.accounts.set(remoteId, { remoteId, email, attributes, status: 'invited', groups: [] });
    return { status: 503, headers: { 'retry-after': '1' } };
  });
  const id = await join('eve');
  await becomes('eve', 'there', () => true);
  await setActive(id, false);
  await becomes('eve', 'suspended', ({ status }) => status === 'suspended');
  await settled(gangway.db);
  await setActive(id, true);
  await becomes('eve', 'back', ({ status }) => status === 'active');
  expect([...app.accounts.values()].filter(({ email }) => email === 'eve@example.com')).toHaveLength(1);
});

test('who leaves before the invite has arrived gets no account', async () => {
  let tries = 0;
  app.answer(({ type, data }) =>
    type === 'account.invite' && data.account.email === 'fay@example.com' && ++tries > 0
      ? { status: 503, headers: { 'retry-after': '1' } }
      : undefined,
  );
  const id = await join('fay');
  await eventually('tried', async () => tries > 0);
  await setActive(id, false);
  await eventually('told to suspend', async () => typesOf('fay').at(-1) === 'account.suspend');
  await settled(gangway.db);
  expect(await account('fay')).toBeUndefined();
});

test('an accepted suspension is sent again until it is applied', async () => {
  const id = await join('finn');
  await becomes('finn', 'there', () => true);
  await settled(gangway.db);
  let asked = 0;
  app.answer(({ type }) =>
    type === 'account.suspend' && ++asked < 3 ? { status: 202, headers: { 'retry-after': '0' } } : undefined,
  );
  await setActive(id, false);
  await becomes('finn', 'suspended', ({ status }) => status === 'suspended');
  await settled(gangway.db);
  const suspends = eventsOf('finn').filter(({ type }) => type === 'account.suspend');
  expect(suspends).toHaveLength(3);
  expect(new Set(suspends.map(({ id: webhookId }) => webhookId)).size).toBe(1);
});

test('an event that is accepted and not applied delays that person alone', async () => {
  const [slow, quick] = [await join('gus'), await join('hetty')];
  await becomes('gus', 'there', () => true);
  await becomes('hetty', 'there', () => true);
  await settled(gangway.db);
  app.answer(({ type, data }) =>
    type === 'account.update' && data.account.email === 'gus@example.com'
      ? { status: 202, headers: { 'retry-after': '600' } }
      : undefined,
  );
  await setTitle(slow, 'Not yet');
  await eventually('gus waits', async () => {
    const { rows } = await gangway.db.raw('select last_error from work_item where subject_id = ?', [slow]);
    return String(rows[0]?.last_error).includes('not applied yet');
  });
  await setActive(quick, false); // a leaver
  await becomes('hetty', 'suspended', ({ status }) => status === 'suspended');
  const { rows } = await gangway.db.raw(
    `select state, attempts, next_at > now() + interval '9 minutes' as later from work_item where subject_id = ?`,
    [slow],
  );
  expect(rows).toEqual([{ state: 'ready', attempts: 0, later: true }]);
  app.answer(null);
  await setTitle(slow, 'Now'); // a change is tried at once
  await becomes('gus', 'updated', ({ attributes }) => attributes['title'] === 'Now');
});

test('an update whose answer is lost and that is taken back meanwhile is undone', async () => {
  const id = await join('gil', { title: 'First' });
  await becomes('gil', 'there', () => true);
  await settled(gangway.db);
  // applied, but never confirmed: from then on the app is away until the title is what it was
  let lost = false;
  app.answer((event) => {
    if (event.type !== 'account.update' || event.data.account.attributes.title !== 'Second') return undefined;
    if (!lost) {
      lost = true;
      const found = [...app.accounts.values()].find(({ email }) => email === 'gil@example.com');
      if (found) app.accounts.set(found.remoteId, { ...found, attributes: { ...found.attributes, title: 'Second' } });
    }
    return { status: 503, headers: { 'retry-after': '1' } };
  });
  await setTitle(id, 'Second');
  await becomes('gil', 'changed unseen', ({ attributes }) => attributes['title'] === 'Second');
  await setTitle(id, 'First');
  await becomes('gil', 'as it was', ({ attributes }) => attributes['title'] === 'First');
});

test('what the app refuses waits, and is sent anew when the source has changed', async () => {
  app.answer(({ type, data }) =>
    type === 'account.invite' && data.account.attributes.title === 'Too long'
      ? { status: 422, body: { message: 'title is too long' } }
      : undefined,
  );
  const id = await join('hal', { title: 'Too long' });
  await eventually('refused', async () => {
    const { rows } = await gangway.db.raw('select state, last_error from work_item where subject_id = ?', [id]);
    return rows[0]?.state === 'dead' && String(rows[0].last_error).includes('title is too long');
  });
  await setTitle(id, 'Short');
  await becomes('hal', 'there', ({ attributes }) => attributes['title'] === 'Short');
  await settled(gangway.db);
  const invites = app.events.filter(
    ({ type, data }) => type === 'account.invite' && data.account.email === 'hal@example.com',
  );
  expect(new Set(invites.map(({ id: webhookId }) => webhookId)).size).toBe(2);
});

test('where the policy erases, the account is erased', async () => {
  await gangway.db.raw(`update connections set policy = policy || '{"onDelete": "erase"}'`);
  const id = await join('ida');
  await becomes('ida', 'there', () => true);
  await settled(gangway.db);
  await gangway.scim('DELETE', `/Users/${id}`);
  await eventually('gone', async () => (await account('ida')) === undefined);
  await settled(gangway.db);
  expect(typesOf('ida')).toEqual(['account.invite', 'account.erase']);
});
