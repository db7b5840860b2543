import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
let admin: ReturnType<typeof adminOf>;
beforeAll(async () => {
  gangway = await startGangway({ enabled: false, policy: { invite: 'automatic', adoptExisting: 'all' } });
  admin = adminOf(gangway);
});
afterAll(() => gangway?.stop());

type Entry = { userName: string | null; email: string; fate: string; label: string | null };
type Column = { count: number; first: Entry[] };
type Target = { basis: string; people: number; both: Column; targetOnly: Column | null; sourceOnly: Column };

async function columns(): Promise<Target> {
  const { status, body } = await admin('GET', `/connections/${gangway.connection.id}/first-plan`);
  expect(status).toBe(200);
  const [target] = body['targets'] as Target[];
  if (!target) throw new Error('no target');
  return target;
}
const emails = ({ first }: Column) => first.map(({ email }) => email).toSorted();
const writes = async () =>
  ((await gangway.sandbox('GET', '/received')).body['received'] as { method: string }[]).filter(
    ({ method }) => method !== 'GET',
  );

test('S54, S55, S15: before enabling, three columns say who is where, and nothing leaves', async () => {
  for (const name of ['both', 'theirs'])
    await gangway.sandbox('POST', '/invitations', { email: `${name}@example.com` });
  const before = (await writes()).length;
  await gangway.scim('POST', '/Users', scimUser('both', { emails: [{ type: 'work', value: 'Both@Example.com' }] }));
  await gangway.scim('POST', '/Users', scimUser('joiner'));
  const { body } = await gangway.scim('POST', '/Users', scimUser('left'));
  await gangway.scim('PATCH', `/Users/${body['id']}`, patchOp({ op: 'replace', path: 'active', value: false }));
  const { basis, both, targetOnly, sourceOnly } = await columns();
  expect(basis).toBe('list');
  expect(both).toMatchObject({ count: 1, first: [{ fate: 'adopt', label: 'added via idp' }] });
  expect(sourceOnly).toMatchObject({ count: 1, first: [{ email: 'joiner@example.com', fate: 'invite', label: null }] });
  expect(targetOnly && emails(targetOnly)).toEqual(['theirs@example.com']);
  await settled(gangway.db);
  expect(await writes()).toHaveLength(before);
});

test('S54: two people with one e-mail claim one account', async () => {
  await gangway.scim('POST', '/Users', scimUser('double', { emails: [{ type: 'work', value: 'both@example.com' }] }));
  const { both, sourceOnly } = await columns();
  expect(both.count).toBe(1);
  expect(sourceOnly.first.map(({ fate }) => fate).toSorted()).toEqual(['account_taken', 'invite']);
});

test('S54: counts are exact over all pages, and the first hundred are named', async () => {
  const more = Array.from({ length: 130 }, (_, index) => `crowd${index}@example.com`);
  for (const email of more) await gangway.sandbox('POST', '/invitations', { email });
  const { targetOnly } = await columns();
  expect([targetOnly?.count, targetOnly?.first.length]).toEqual([131, 100]);
});

test('S54: a target that cannot be read is an error, never an empty column', async () => {
  await gangway.setFault({ mode: 'unavailable' });
  const { status, body } = await admin('GET', `/connections/${gangway.connection.id}/first-plan`);
  await gangway.setFault({ mode: 'none' });
  expect([status, body['code']]).toEqual([502, 'target_down']);
  expect(body['detail']).toContain('target "app" cannot be looked at');
  expect(body['targets']).toBeUndefined();
});

test('S55, S56: what was shown is what enabling does', async () => {
  expect((await admin('POST', `/connections/${gangway.connection.id}/enable`)).status).toBe(200);
  await settled(gangway.db);
  const { both, targetOnly } = await columns();
  expect(both.first.map(({ fate, label }) => [fate, label])).toEqual([
    ['linked', 'added via idp'],
    ['linked', 'added via idp'],
  ]);
  expect(targetOnly?.count).toBe(131);
  const { body } = await gangway.sandbox('GET', '/users?email=both@example.com');
  expect(body['users']).toHaveLength(1);
});

test('S54: a target that cannot be listed is looked up person by person, and says so', async () => {
  const secret = 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0';
  const target = { kind: 'webhook', settings: { url: 'http://127.0.0.1:9' }, secrets: { secret } };
  const other = await startGangway({ enabled: false, policy: {}, target });
  try {
    await other.scim('POST', '/Users', scimUser('ada'));
    const { body } = await adminOf(other)('GET', `/connections/${other.connection.id}/first-plan`);
    const sourceOnly = { count: 1, first: [{ userName: 'ada@example.com', fate: 'staged' }] };
    expect(body['targets']).toMatchObject([{ basis: 'sample', people: 1, targetOnly: null, sourceOnly }]);
  } finally {
    await other.stop();
  }
});
