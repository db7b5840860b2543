import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATIENT = { timeout: 30_000 };

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway();
});
afterAll(() => gangway?.stop());
afterEach(() => settled(gangway.db));

type Account = { id: string; email: string; status: string; groups: string[]; profile: Record<string, string | null> };

/** An account as the app's own API shows it. */
async function accountOf(name: string): Promise<Account | undefined> {
  const { body } = await gangway.sandbox('GET', `/users?email=${name}@example.com`);
  const [item] = (body['items'] ?? body['users']) as (Record<string, string | null> & { groups: string[] })[];
  return (
    item && { id: String(item['id']), email: '', status: String(item['status']), groups: item.groups, profile: item }
  );
}

async function map(mapping: object): Promise<void> {
  const { status, body } = await adminOf(gangway)('PUT', `/connections/${gangway.connection.id}/mapping`, mapping);
  expect([status, body]).toEqual([200, { mapping }]);
}

let people = 0;
async function join(more: Record<string, unknown>): Promise<{ id: string; name: string }> {
  const name = `person${++people}`;
  const { status, body } = await gangway.scim('POST', '/Users', scimUser(name, more));
  expect(status).toBe(201);
  await settled(gangway.db);
  return { id: String(body['id']), name };
}

const works = (department: string | null, manager?: string) => ({
  [ENTERPRISE]: { ...(department ? { department } : {}), ...(manager ? { manager: { value: manager } } : {}) },
});
const replace = (id: string, path: string, value: unknown) =>
  gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path, value }));
const becomes = (name: string, what: (account: Account) => boolean) =>
  eventually(`${name} has become so`, async () => {
    const account = await accountOf(name);
    return account && what(account);
  });

test('S71: department 102 becomes Supply Chain at the target', PATIENT, async () => {
  await map({
    attributes: { department: { from: 'department', table: { '102': 'Supply Chain' }, otherwise: 'drop' } },
  });
  const { id, name } = await join({ title: 'Picker', ...works('102') });
  expect((await accountOf(name))?.profile).toMatchObject({ department: 'Supply Chain', title: null });
  await replace(id, `${ENTERPRISE}:department`, '999');
  await becomes(name, ({ profile }) => profile['department'] === null);
});

test('S24, S67: a mover by department is regrouped, the new group before the old one goes', PATIENT, async () => {
  await map({ groups: { from: [{ from: 'department', table: { '102': 'Supply', '103': ['Sales', 'Field'] } }] } });
  const { id, name } = await join(works('102'));
  expect((await accountOf(name))?.groups).toEqual(['Supply']);
  await replace(id, `${ENTERPRISE}:department`, '103');
  await becomes(name, ({ groups }) => groups.join() === 'Field,Sales');
  const { rows } = await gangway.db.raw(
    `select kind from actions where person_id = ? and kind in ('grant', 'revoke') order by id`,
    [id],
  );
  expect(rows.map(({ kind }: { kind: string }) => kind)).toEqual(['grant', 'grant', 'grant', 'revoke']);
});

test('who leaves the scope by leaving a group is suspended at once, without a full run', PATIENT, async () => {
  await map({ scope: '"Staff" in groups' });
  const { id, name } = await join({});
  expect(await accountOf(name)).toBeUndefined();
  const group = await gangway.scim('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Staff',
    members: [{ value: id }],
  });
  await becomes(name, ({ status }) => status === 'invited');
  await gangway.scim(
    'PATCH',
    `/Groups/${group.body['id']}`,
    patchOp({ op: 'remove', path: `members[value eq "${id}"]` }),
  );
  await becomes(name, ({ status }) => status === 'suspended');
  await settled(gangway.db);
  const { body } = await adminOf(gangway)('GET', `/people/${id}/plan`);
  expect(body).toMatchObject({ targets: [{ actions: [], waiting: expect.stringContaining('leaves the person out') }] });
  await gangway.scim(
    'PATCH',
    `/Groups/${group.body['id']}`,
    patchOp({ op: 'add', path: 'members', value: [{ value: id }] }),
  );
  await becomes(name, ({ status }) => status === 'invited');
});

test('an expression that fails touches nobody', PATIENT, async () => {
  await map({});
  const { id, name } = await join({ title: 'Clerk', ...works('102') });
  await map({ scope: 'int(department) < 200', attributes: { title: { from: 'title' } } });
  await settled(gangway.db);
  await replace(id, `${ENTERPRISE}:department`, 'Sales');
  await replace(id, 'title', 'Head');
  await settled(gangway.db);
  expect(await accountOf(name)).toMatchObject({ status: 'invited', profile: { title: 'Clerk' } });
  const { body } = await adminOf(gangway)('GET', `/people/${id}/plan`);
  expect(body).toMatchObject({
    targets: [{ actions: [], waiting: expect.stringMatching(/cannot be worked out.*scope: /) }],
  });
  await replace(id, `${ENTERPRISE}:department`, '150');
  await becomes(name, ({ profile }) => profile['title'] === 'Head');
  await gangway.scim('DELETE', `/Users/${id}`);
  await becomes(name, ({ status }) => status === 'suspended');
});

test('S7: a manager who arrives after the report, and changes later', PATIENT, async () => {
  await map({ attributes: { manager: { from: 'managerAccount' }, title: { from: 'managerName' } } });
  const report = await join(works(null, 'ext-boss1'));
  expect((await accountOf(report.name))?.profile).toMatchObject({ manager: null, title: null });
  const { body: boss } = await gangway.scim('POST', '/Users', scimUser('boss1', { displayName: 'Grace' }));
  await becomes('boss1', ({ status }) => status === 'invited');
  const account = await accountOf('boss1');
  await becomes(report.name, ({ profile }) => profile['manager'] === account?.id && profile['title'] === 'Grace');
  await replace(String(boss['id']), 'displayName', 'Grace H.');
  await becomes(report.name, ({ profile }) => profile['title'] === 'Grace H.');
  const byId = await join(works(null, String(boss['id'])));
  expect((await accountOf(byId.name))?.profile).toMatchObject({ manager: account?.id });
  await gangway.scim('DELETE', `/Users/${boss['id']}`);
  await becomes(report.name, ({ profile }) => profile['manager'] === null && profile['title'] === null);
});

test('two who manage each other come to rest', PATIENT, async () => {
  await map({ attributes: { manager: { from: 'managerEmail' } } });
  const one = await join(works(null, `person${people + 2}@example.com`));
  const other = await join(works(null, one.id));
  await becomes(one.name, ({ profile }) => profile['manager'] === `${other.name}@example.com`);
  await settled(gangway.db);
  expect((await accountOf(other.name))?.profile).toMatchObject({ manager: `${one.name}@example.com` });
});

test('S32: what is never managed is neither overwritten nor emptied', PATIENT, async () => {
  await map({});
  const { id, name } = await join({ title: 'Clerk' });
  await map({ neverManaged: ['title'] });
  await settled(gangway.db);
  const account = await accountOf(name);
  await gangway.sandbox('PATCH', `/users/${account?.id}`, { title: 'By hand' });
  await gangway.scim(
    'PATCH',
    `/Users/${id}`,
    patchOp({ op: 'remove', path: 'title' }, { op: 'add', path: 'nickName', value: 'x' }),
  );
  await replace(id, 'name.familyName', 'Other');
  await becomes(name, ({ profile }) => profile['last_name'] === 'Other');
  expect((await accountOf(name))?.profile).toMatchObject({ title: 'By hand' });
});
