import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, patchOp, scimUser, settled } from '../../support/gangway.ts';
import { decoded, linkIn, type MailServer, startMailServer } from '../../support/mail-server.ts';
import { reconcileNow } from '../../support/runs.ts';
import {
  accountOf,
  becomes,
  type Company,
  company,
  delivered,
  done,
  ENTERPRISE,
  madeAtApp,
  PATIENT,
  standing,
  why,
  works,
  writes,
} from '../company.ts';

/* The article of the preset `card-issuer-strict-removal`, from its first sentence to its last. */

let mail: MailServer;
let at: Company;
beforeAll(async () => {
  mail = await startMailServer();
  at = await company('card-issuer-strict-removal', {
    environment: { GANGWAY_SMTP_URL: mail.url, GANGWAY_MAIL_FROM: 'Acme IT <it@acme.example>' },
  });
});
afterAll(async () => {
  await at?.stop();
  await mail?.stop();
});

test('S1: the team is kept without anybody typing anything at the app', PATIENT, async () => {
  const id = await works(at, 'ada', { title: 'Clerk' });
  await at.hr.say(id, 'title', 'Head');
  await becomes(at, 'ada', ({ title }) => title === 'Head');
  expect(await delivered(at, id)).toEqual(['adopt', 'update', 'update']);
});

test('S2: the HR software has to be connected first; enabling before that is refused', PATIENT, async () => {
  const ended = await at.connect('ended', { enabled: false });
  await done(ended.ask('POST', '/disconnect'));
  const refused = await ended.ask('POST', '/enable');
  expect([refused.status, refused.body['detail']]).toEqual([409, expect.stringContaining('disconnected')]);
  expect((await done(ended.ask('POST', '/connect'))).body['state']).toBe('connected');
  expect((await done(ended.ask('POST', '/enable'))).body['state']).toBe('enabled');
});

describe('S22: people are matched on the addresses that are in use, and ambiguous is never a guess', () => {
  test.for([
    [
      'bea',
      'a private address where there is no work address',
      { emails: [{ value: 'bea@example.com', type: 'home' }] },
    ],
    ['bob', 'an address without any type', { emails: [{ value: 'BOB@example.com' }] }],
    ['bix', 'a userName that is an address', { emails: [] }],
  ] as const)('%s: %s', PATIENT, async ([name, , more]) => {
    const { id: accountId } = await madeAtApp(at, name);
    const id = await at.hr.hire(name, more);
    expect(await becomes(at, name, ({ status }) => status === 'active')).toMatchObject({ id: accountId });
    expect((await why(at, id)).link).toMatchObject({ origin: 'adopted', remoteId: accountId });
  });

  test(
    'two people with one address: the account stays with the first, the other waits for a human',
    PATIENT,
    async () => {
      const first = await works(at, 'cem', { title: 'First' });
      const second = await at.hr.hire('cem2', {
        title: 'Second',
        emails: [{ value: 'cem@example.com', type: 'work' }],
      });
      expect(await why(at, second)).toMatchObject({
        actions: [],
        link: null,
        waiting: expect.stringContaining('another'),
      });
      await reconcileNow(at.gangway);
      expect(await accountOf(at, 'cem')).toMatchObject({ title: 'First' });
      expect(await standing(at, first)).toMatchObject({ syncState: 'synced' });
      expect(await delivered(at, second)).toEqual([]);
    },
  );
});

test('S4: a match is followed, also when others invited it and it was never accepted', PATIENT, async () => {
  await madeAtApp(at, 'dee', { accepted: false });
  const id = await at.hr.hire('dee', { title: 'Clerk' });
  await becomes(at, 'dee', ({ title, status }) => title === 'Clerk' && status === 'invited');
  expect(await standing(at, id)).toMatchObject({ syncState: 'synced' });
});

test('S5, S6: data is compared every few hours; only what differs is sent', PATIENT, async () => {
  await works(at, 'eli', { title: 'Clerk' });
  const account = await accountOf(at, 'eli');
  await reconcileNow(at.gangway);
  const before = await writes(at);
  expect((await reconcileNow(at.gangway)).counts).toMatchObject({ differs: 0, marked: 0 });
  expect(await writes(at)).toBe(before);
  await done(at.gangway.sandbox('PATCH', `/users/${account?.id}`, { title: 'Forgotten' }));
  expect((await reconcileNow(at.gangway)).counts).toMatchObject({ differs: 1 });
  await becomes(at, 'eli', ({ title }) => title === 'Clerk');
  expect((await at.hr.ask('GET', '/reconcile')).body).toMatchObject({ reconcile: { everyHours: 4 } });
});

test('S7, S24: of each member only manager and team are synced, as the mapping names them', PATIENT, async () => {
  const teams = await at.connect('teams', { enabled: false });
  const mapping = {
    attributes: { manager: { from: 'managerEmail' } },
    groups: { from: [{ from: 'department', table: { '102': 'Team Supply', '103': 'Team Sales' } }] },
  };
  await done(teams.ask('PUT', '/mapping', mapping));
  await done(teams.ask('POST', '/enable'));
  await works(at, 'fay', {}, teams);
  const enterprise = { department: '102', manager: { value: 'ext-fay' } };
  const id = await works(at, 'fin', { title: 'Clerk', [ENTERPRISE]: enterprise }, teams);
  await becomes(at, 'fin', ({ groups, manager }) => groups.join() === 'Team Supply' && manager === 'fay@example.com');
  await teams.say(id, `${ENTERPRISE}:department`, '103');
  const moved = await becomes(at, 'fin', ({ groups }) => groups.join() === 'Team Sales');
  expect(moved).toMatchObject({ title: null, department: null });
});

describe('S23: who is removed from the HR software loses access as well, and their cards are not touched', () => {
  test('deleted, the account is suspended; nothing else is done and nothing is destroyed', PATIENT, async () => {
    const id = await works(at, 'gil', { title: 'Clerk' });
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    const account = await becomes(at, 'gil', ({ status }) => status === 'suspended');
    expect(account).toMatchObject({ title: 'Clerk', cards: 'usable', sessions: 1 });
    expect((await delivered(at, id)).at(-1)).toBe('suspend');
  });

  test('deactivated, just the same (S8)', PATIENT, async () => {
    const id = await works(at, 'gus');
    await at.hr.say(id, 'active', false);
    expect(await becomes(at, 'gus', ({ status }) => status === 'suspended')).toMatchObject({ cards: 'usable' });
  });
});

test('S10: that holds for connections made by an admin of the HR software; others only wait', PATIENT, async () => {
  const mere = await at.connect('mere user', { policy: { grantedBy: 'user' } });
  const id = await works(at, 'hal', {}, mere);
  await done(mere.scim('DELETE', `/Users/${id}`));
  expect((await why(at, id)).waiting).toContain('mere user');
  expect(await accountOf(at, 'hal')).toMatchObject({ status: 'active' });
});

test('S11: each member’s profile says whether it is synced', PATIENT, async () => {
  expect(await standing(at, await works(at, 'ian'))).toMatchObject({ syncState: 'synced', label: 'added via idp' });
  expect(await standing(at, await at.hr.hire('ivy'))).toMatchObject({ syncState: 'staged', label: null });
});

test('S14: the set-up is finished by enabling, after a look at what it would do', PATIENT, async () => {
  const fresh = await at.connect('fresh', { enabled: false });
  await madeAtApp(at, 'jan');
  await fresh.hire('jan');
  await fresh.hire('joy');
  const { targets } = (await done(fresh.ask('GET', '/first-plan'))).body as { targets: Record<string, unknown>[] };
  expect(targets[0]).toMatchObject({
    both: { count: 1, first: [{ email: 'jan@example.com', fate: 'adopt' }] },
    sourceOnly: { count: 1, first: [{ email: 'joy@example.com', fate: 'staged' }] },
  });
  await done(fresh.ask('POST', '/enable'));
  await settled(at.gangway.db);
  const { body } = await fresh.ask('GET', '/first-plan');
  expect((body['targets'] as unknown[])[0]).toMatchObject({ both: { first: [{ fate: 'linked' }] } });
});

test('S15: connected alone, it can neither invite nor sync', PATIENT, async () => {
  const idle = await at.connect('idle', { enabled: false });
  const before = await writes(at);
  const id = await idle.hire('kai');
  expect((await at.gangway.admin('POST', `/people/${id}/invite`)).body['code']).toBe('connection_not_enabled');
  await settled(at.gangway.db);
  expect(await writes(at)).toBe(before);
});

test('S16: once enabled, what people change by hand at the app is overridden', PATIENT, async () => {
  const id = await works(at, 'leo', { title: 'Clerk', displayName: 'Leo' });
  const account = await accountOf(at, 'leo');
  await done(at.gangway.sandbox('PATCH', `/users/${account?.id}`, { title: 'King' }));
  await at.hr.say(id, 'displayName', 'Leo L.'); // any change has the whole account looked at
  await becomes(at, 'leo', ({ title }) => title === 'Clerk');
});

describe('S21: the whole way is there in German, too', () => {
  test('invite, page and thanks for whoever prefers it; English for everybody else', PATIENT, async () => {
    const german = await at.connect('post', { policy: { inviteChannel: ['email'] } });
    const people = [await german.hire('max', { preferredLanguage: 'de-DE' }), await german.hire('may')];
    await done(at.gangway.admin('POST', '/invites/batch', { people }));
    const mailTo = (name: string) =>
      eventually(`${name} has a mail`, async () => mail.mails.find(({ to }) => to.includes(`${name}@example.com`)));
    const [max, may] = [await mailTo('max'), await mailTo('may')];
    expect([decoded(max), decoded(may)]).toEqual([
      expect.stringContaining('Guten Tag'),
      expect.not.stringContaining('Guten Tag'),
    ]);
    const page = await (await fetch(linkIn(max))).text();
    expect(page).toContain('<html lang="de"');
    expect(await (await fetch(linkIn(may))).text()).toContain('<html lang="en"');
    const thanks = await (await fetch(linkIn(max), { method: 'POST' })).text();
    expect(thanks).toContain('<html lang="de"');
  });
});

describe('S25: whichever system it is: anything that speaks SCIM can be the HR software', () => {
  const names = { okta: 'nora', entra: 'nils', generic: 'nina', rfc: 'noel' };
  const LEAVES = {
    okta: patchOp({ op: 'replace', value: { active: false } }),
    entra: patchOp({ op: 'Replace', path: 'active', value: 'False' }),
    generic: patchOp({ op: 'replace', path: 'active', value: false }),
    rfc: patchOp({ op: 'replace', path: 'active', value: false }),
  };
  test.for(['okta', 'entra', 'generic', 'rfc'] as const)('%s', PATIENT, async (profile) => {
    const source = await at.connect(`any ${profile}`, { profile });
    const id = await works(at, names[profile], {}, source);
    const { body } = await source.scim(
      'GET',
      `/Users?filter=${encodeURIComponent(`userName eq "${names[profile]}@example.com"`)}`,
    );
    expect(body['Resources']).toMatchObject([{ id }]);
    await done(source.scim('PATCH', `/Users/${id}`, LEAVES[profile]));
    await becomes(at, names[profile], ({ status }) => status === 'suspended');
    await done(source.scim('PUT', `/Users/${id}`, { ...scimUser(names[profile]), id, title: 'Back' }));
    await becomes(at, names[profile], ({ status, title }) => status === 'active' && title === 'Back');
  });
});
