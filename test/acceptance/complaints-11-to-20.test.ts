import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { eventually, patchOp, scimUser, settled } from '../support/gangway.ts';
import { linkIn, type MailServer, startMailServer } from '../support/mail-server.ts';
import { reconcileNow } from '../support/runs.ts';
import { byHand, type Company, startCompany } from './workplace.ts';

let mail: MailServer;
let company: Company;
beforeAll(async () => {
  mail = await startMailServer();
  company = await startCompany({
    policy: { preset: 'recommended', invite: 'automatic', inviteChannel: ['email'] },
    target: { kind: 'sandbox', settings: { effects: 'end sessions, freeze cards' }, secrets: {} },
    environment: { GANGWAY_SMTP_URL: mail.url, GANGWAY_MAIL_FROM: 'it@acme.example' },
  });
});
afterAll(async () => {
  await company?.stop();
  await mail?.stop();
});

const groupsOf = async (name: string) => (await company.account(name))?.groups;
const marks = async () =>
  (await company.db.raw('select subject_id as id, wanted_rev::int as rev from work_item order by 1')).rows as {
    id: string;
    rev: number;
  }[];

test('complaint 11: one more member of a large group: 204 without a body, and nobody else is looked at', async () => {
  const group = await company.group('Large', [await company.join('large0')]);
  await company.db.raw(
    `insert into memberships (tenant_id, connection_id, group_id, member_id, member_type)
     select tenant_id, connection_id, id, gen_random_uuid(), 'User' from groups, generate_series(1, 5000) where id = ?`,
    [group],
  );
  const id = await company.join('large1');
  await settled(company.db);
  const before = await marks();
  const add = patchOp({ op: 'add', path: 'members', value: [{ value: id }] });
  const { status, body } = await company.scim('PATCH', `/Groups/${group}`, add);
  expect([status, body]).toEqual([204, {}]);
  await settled(company.db);
  expect(await groupsOf('large1')).toEqual(['Large']);
  const others = (rows: Awaited<ReturnType<typeof marks>>) => rows.filter((row) => row.id !== id);
  expect(others(await marks())).toEqual(others(before));
});

test('complaint 12: members count in POST, in PUT and in PATCH', async () => {
  const [ann, bob] = [await company.join('ann'), await company.join('bob')];
  const group = await company.group('Crew', [ann]);
  expect([await groupsOf('ann'), await groupsOf('bob')]).toEqual([['Crew'], []]);
  const put = { displayName: 'Crew', members: [{ value: bob }] };
  expect((await company.scim('PUT', `/Groups/${group}`, put)).status).toBe(200);
  await settled(company.db);
  expect([await groupsOf('ann'), await groupsOf('bob')]).toEqual([[], ['Crew']]);
  await company.scim('PATCH', `/Groups/${group}`, patchOp({ op: 'add', path: 'members', value: [{ value: ann }] }));
  await settled(company.db);
  expect([await groupsOf('ann'), await groupsOf('bob')]).toEqual([['Crew'], ['Crew']]);
  const gone = patchOp({ op: 'remove', path: 'members' });
  await company.scim('PATCH', `/Groups/${group}`, gone);
  await settled(company.db);
  expect([await groupsOf('ann'), await groupsOf('bob')]).toEqual([[], []]);
});

test('complaint 13: what was given by hand at the app outlives every push and every run', async () => {
  const id = await company.join('cid');
  const group = await company.group('Sales', [id]);
  await byHand(company, 'PUT', 'cid', 'Owners');
  expect((await company.scim('PUT', `/Users/${id}`, scimUser('cid', { title: 'Boss' }))).status).toBe(200);
  expect((await company.scim('DELETE', `/Groups/${group}`)).status).toBe(204);
  await settled(company.db);
  await reconcileNow(company);
  expect(await groupsOf('cid')).toEqual(['Owners']);
});

test('complaint 14: whoever leaves the group that decides on access loses it with that request', async () => {
  const id = await company.join('dot');
  const group = await company.group('Staff', [id]);
  try {
    await company.must('PUT', `${company.path}/mapping`, {
      scope: 'userName != "dot@example.com" || "Staff" in groups',
    });
    await settled(company.db);
    expect(await company.status('dot')).toBe('invited');
    await company.scim('PATCH', `/Groups/${group}`, patchOp({ op: 'remove', path: `members[value eq "${id}"]` }));
    await company.becomes('dot', 'is out', ({ status }) => status === 'suspended');
  } finally {
    await company.must('PUT', `${company.path}/mapping`, {});
    await settled(company.db);
  }
});

test('complaint 15: a new name and a new address are a change: no second account, nobody suspended', async () => {
  const id = await company.join('eve');
  const before = await company.accept('eve');
  const rename = patchOp(
    { op: 'replace', path: 'userName', value: 'eve.new@example.com' },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'eve.new@example.com' },
  );
  expect((await company.scim('PATCH', `/Users/${id}`, rename)).status).toBeLessThan(300);
  await settled(company.db);
  expect(await company.account('eve')).toBeUndefined();
  expect(await company.account('eve.new')).toMatchObject({ id: before.id, status: 'active' });
  expect((await company.actions(id)).filter((action) => /^(invite|suspend|erase)/.test(action))).toEqual([
    'invite done',
  ]);
});

test('complaint 16: a suspension ends what is signed in, not the account alone', async () => {
  const id = await company.join('fay');
  const { id: remoteId } = await company.accept('fay');
  const at = async () => (await company.sandbox('GET', `/users/${remoteId}`)).body;
  expect(await at()).toMatchObject({ status: 'active', sessions: 1, cards: 'usable' });
  await company.setActive(id, false);
  expect(await at()).toMatchObject({ status: 'suspended', sessions: 0, cards: 'frozen' });
  expect((await company.actions(id)).slice(-3)).toEqual([
    'suspend done',
    'effect end sessions done',
    'effect freeze cards done',
  ]);
});

test('complaint 17: one invitation a person: none is missing, none comes twice, a bounce is told', async () => {
  const mailsTo = (name: string) => mail.mails.filter(({ to }) => to.includes(`${name}@example.com`));
  const id = await company.join('gus');
  await company.say(id, 'title', 'Clerk');
  await company.say(id, 'active', true);
  await reconcileNow(company);
  expect(mailsTo('gus')).toHaveLength(1);
  const [one] = mailsTo('gus');
  expect(one && (await fetch(linkIn(one), { method: 'POST' })).status).toBe(200);
  mail.mode = 'no such mailbox';
  const early = await company.join('hal');
  const bounced = await eventually('the bounce is known', async () => {
    const { invites } = (await company.must('GET', '/invites?state=bounced&limit=1000')) as {
      invites: { personId: string; lastAnswer: string; nextAt: string | null }[];
    };
    return invites.find(({ personId }) => personId === early);
  });
  mail.mode = 'take';
  expect(bounced).toMatchObject({ lastAnswer: expect.stringContaining('no such mailbox'), nextAt: expect.any(String) });
});

test('complaint 18: tokens overlap while they are changed, say when they end, and a dead one says so', async () => {
  const expiresAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const { id, token } = await company.must('POST', `${company.path}/tokens`, { expiresAt });
  const use = (bearer: unknown) =>
    company.scim('GET', '/Users?count=1', undefined, { authorization: `Bearer ${String(bearer)}` });
  expect([(await use(company.token)).status, (await use(token)).status]).toEqual([200, 200]);
  const { tokens } = (await company.must('GET', `${company.path}/tokens`)) as { tokens: object[] };
  expect(tokens).toContainEqual(expect.objectContaining({ id, expiresAt }));
  await company.must('DELETE', `/tokens/${id}`);
  expect([(await use(company.token)).status, (await use(token)).status]).toEqual([200, 401]);
  const { token: short } = await company.must('POST', `${company.path}/tokens`, { expiresAt });
  await company.db.raw(`update credentials set expires_at = now() - interval '1 minute' where expires_at > now()`);
  const expired = await use(short);
  expect([expired.status, expired.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')]);
  expect(String(expired.body['detail'])).toMatch(/token/i);
});

test('complaint 19: why somebody was not synced stands there in plain words', async () => {
  const { body } = await company.scim('POST', '/Users', { userName: 'nomail', displayName: 'No Mail', active: true });
  await settled(company.db);
  const { targets } = await company.must('GET', `/people/${body['id']}/plan`);
  expect(targets).toMatchObject([{ actions: [], waiting: expect.stringMatching(/e-mail/) }]);
  const id = await company.join('ida');
  await company.say(id, 'title', 'Clerk');
  const { people } = (await company.must('GET', '/people?userName=ida@example.com')) as {
    people: { connection: { name: string }; actions: { summary: string; state: string }[] }[];
  };
  expect(people[0]?.connection.name).toBe('idp');
  expect(people[0]?.actions.map(({ summary, state }) => `${state}: ${summary}`)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^done: .*invite ida@example\.com/),
      expect.stringMatching(/^done: .*title/),
    ]),
  );
});

test('complaint 20: all is set up by requests, token and address included, and tenants do not meet', async () => {
  const installation = await startCompany({ policy: {} });
  try {
    const { tenantId } = await installation.must('POST', '/tenants', { name: 'as code' });
    const code = adminOf(installation, String(tenantId));
    const target = await code('POST', '/targets', { name: 'app', kind: 'sandbox' });
    const policy = { preset: 'spend-management', invite: 'automatic' };
    const connection = await code('POST', '/connections', { name: 'idp', policy, targets: [target.body['id']] });
    const path = `/connections/${connection.body['id']}`;
    expect((await code('PUT', `${path}/mapping`, { neverManaged: ['title'] })).status).toBe(200);
    expect((await code('POST', `${path}/enable`)).status).toBe(200);
    const { token } = (await code('POST', `${path}/tokens`)).body;
    const made = await installation.scim('POST', '/Users', scimUser('joe'), { authorization: `Bearer ${token}` });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`${installation.running.origin}/scim/v2/Users/${made.body['id']}`);
    await settled(installation.db);
    expect(await installation.status('joe')).toBe('invited');
    const other = adminOf(installation, installation.connection.tenantId);
    expect((await installation.scim('GET', `/Users/${made.body['id']}`)).status).toBe(404);
    expect((await other('GET', `/people/${made.body['id']}`)).status).toBe(404);
    expect((await other('GET', `${path}/policy`)).status).toBe(404);
  } finally {
    await installation.stop();
  }
});
