import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, settled } from '../../support/gangway.ts';
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

/* What the article of the preset `card-issuer` says of people who stay: whom it matches and what it keeps accurate. */

let at: Company;
beforeAll(async () => {
  at = await company('card-issuer');
});
afterAll(() => at?.stop());

test('S1: nobody types anything in: the app follows who joins, moves and leaves', PATIENT, async () => {
  const { hr } = at;
  const id = await works(at, 'abe', { title: 'Clerk' });
  await becomes(at, 'abe', ({ title }) => title === 'Clerk');
  await hr.say(id, 'title', 'Head');
  await becomes(at, 'abe', ({ title }) => title === 'Head');
  await hr.say(id, 'active', false);
  await becomes(at, 'abe', ({ status }) => status === 'suspended');
});

test('S3: a profile is matched on the work e-mail, whatever its letter case, and not on another', PATIENT, async () => {
  const work = await madeAtApp(at, 'bea@example.com');
  const own = await madeAtApp(at, 'bea@home.example', { title: 'Hers alone' });
  const id = await at.hr.hire('bea', {
    title: 'Clerk',
    emails: [
      { value: 'bea@home.example', type: 'home', primary: true },
      { value: 'Bea@Example.com', type: 'work' },
    ],
  });
  await becomes(at, 'bea', ({ title }) => title === 'Clerk');
  expect((await why(at, id)).link).toMatchObject({ remoteId: work.id, origin: 'adopted' });
  expect(await accountOf(at, 'bea@home.example')).toMatchObject({ id: own.id, title: 'Hers alone' });
});

describe('S4: every match is followed, however and whenever it was invited', () => {
  test.for([
    ['cem', 'in use for long', true],
    ['cid', 'invited by others and not accepted yet', false],
  ] as const)('%s: %s', PATIENT, async ([name, , accepted]) => {
    await madeAtApp(at, name, { accepted });
    const id = await at.hr.hire(name, { title: 'Clerk' });
    await becomes(at, name, ({ title }) => title === 'Clerk');
    expect(await standing(at, id)).toMatchObject({ syncState: 'synced', label: 'added via idp' });
    expect(await delivered(at, id)).not.toContain('invite');
  });

  test('invited by the bridge', PATIENT, async () => {
    const id = await at.hr.hire('cleo', { title: 'Clerk' });
    await done(at.gangway.admin('POST', `/people/${id}/invite`));
    await becomes(at, 'cleo', ({ title }) => title === 'Clerk');
    await at.hr.say(id, 'title', 'Head');
    await becomes(at, 'cleo', ({ title }) => title === 'Head');
  });

  test('invited at the app after the HR software had sent them: the next comparison finds them', PATIENT, async () => {
    const id = await at.hr.hire('cora', { title: 'Clerk' });
    expect(await standing(at, id)).toMatchObject({ syncState: 'staged' });
    await madeAtApp(at, 'Cora@example.com');
    const { counts } = await reconcileNow(at.gangway);
    expect(counts).toMatchObject({ matched: 1 });
    await becomes(at, 'cora', ({ title }) => title === 'Clerk');
    expect(await standing(at, id)).toMatchObject({ syncState: 'synced' });
    expect((await reconcileNow(at.gangway)).counts).toMatchObject({ matched: 0, marked: 0 });
  });
});

test('S5: accounts are compared every few hours, how often is each connection’s own', PATIENT, async () => {
  const seldom = await at.connect('seldom', { policy: { reconcile: { everyHours: 12 } } });
  type Rhythm = { reconcile: { everyHours: number }; targets: { nextAt: string; lastRun: unknown }[] };
  const rhythm = async (source: typeof seldom) => (await source.ask('GET', '/reconcile')).body as unknown as Rhythm;
  expect((await rhythm(at.hr)).reconcile).toEqual({ everyHours: 4 });
  expect((await rhythm(seldom)).reconcile).toEqual({ everyHours: 12 });
  await reconcileNow(at.gangway);
  const [target] = (await rhythm(at.hr)).targets;
  expect(target?.lastRun).toMatchObject({ state: 'done' });
  expect(Date.parse(target?.nextAt ?? '')).toBeGreaterThan(Date.now());
});

test('S6: changed profiles follow, and what did not change is not sent', PATIENT, async () => {
  const id = await works(at, 'dan', { title: 'Clerk' });
  await at.hr.say(id, 'title', 'Head');
  await becomes(at, 'dan', ({ title }) => title === 'Head');
  const before = await writes(at);
  await at.hr.say(id, 'title', 'Head');
  await at.hr.say(id, 'nickName', 'Danny');
  await settled(at.gangway.db);
  expect((await reconcileNow(at.gangway)).counts).toMatchObject({ differs: 0, marked: 0 });
  expect(await writes(at)).toBe(before);
});

describe('S7: only what is needed is synced', () => {
  test('manager and department are; without a mapping nothing but what the app can hold', PATIENT, async () => {
    const boss = await works(at, 'eda');
    const { body } = await at.hr.scim('GET', `/Users/${boss}`);
    await works(at, 'eli', {
      nickName: 'Private',
      birthday: '1990-01-01',
      addresses: [{ type: 'home', locality: 'Bonn' }],
      [ENTERPRISE]: { department: 'Finance', manager: { value: body['id'] }, costCenter: '7' },
    });
    const account = await becomes(at, 'eli', ({ department }) => department === 'Finance');
    expect(account.manager).toBe(boss);
    for (const secret of ['Private', '1990', 'Bonn']) expect(JSON.stringify(account)).not.toContain(secret);
  });

  test('with a mapping, what it lists and nothing else', PATIENT, async () => {
    const few = await at.connect('few', { enabled: false });
    const attributes = { department: { from: 'department' }, manager: { from: 'managerEmail' } };
    await done(few.ask('PUT', '/mapping', { attributes }));
    await done(few.ask('POST', '/enable'));
    await works(at, 'fay', {}, few);
    const enterprise = { department: 'Finance', manager: { value: 'ext-fay' } };
    await works(at, 'fin', { title: 'Clerk', [ENTERPRISE]: enterprise }, few);
    const account = await becomes(at, 'fin', ({ department }) => department === 'Finance');
    expect(account).toMatchObject({ manager: 'fay@example.com', title: null });
  });

  test('approval chains stay whole: a manager who is sent after the report is found', PATIENT, async () => {
    const chain = await at.connect('chain', { enabled: false });
    await done(chain.ask('PUT', '/mapping', { attributes: { manager: { from: 'managerAccount' } } }));
    await done(chain.ask('POST', '/enable'));
    await works(at, 'gil', { [ENTERPRISE]: { manager: { value: 'ext-gus' } } }, chain);
    expect((await accountOf(at, 'gil'))?.manager).toBeNull();
    await works(at, 'gus', {}, chain);
    const boss = await accountOf(at, 'gus');
    await becomes(at, 'gil', ({ manager }) => manager === boss?.id);
  });
});

test('S11: each profile says whether it is synced or not', PATIENT, async () => {
  const synced = await works(at, 'hal');
  const staged = await at.hr.hire('han');
  expect(await standing(at, synced)).toEqual(expect.objectContaining({ syncState: 'synced', label: 'added via idp' }));
  expect(await standing(at, staged)).toEqual(expect.objectContaining({ syncState: 'staged', label: null }));
});

test('S16: edits by hand of synced data are overridden, of other data they stay', PATIENT, async () => {
  await works(at, 'ian', { title: 'Clerk' });
  const account = await accountOf(at, 'ian');
  await done(at.gangway.sandbox('PATCH', `/users/${account?.id}`, { title: 'King', phone: '+49 30 1' }));
  expect((await reconcileNow(at.gangway)).counts).toMatchObject({ differs: 1 });
  const after = await eventually('the title is back', async () => {
    const now = await accountOf(at, 'ian');
    return now?.title === 'Clerk' && now;
  });
  expect(after).toMatchObject({ phone: '+49 30 1' });
});
