import { afterAll, beforeAll, expect, test } from 'vitest';
import { patchOp, settled } from '../../support/gangway.ts';
import { reconcileNow } from '../../support/runs.ts';
import {
  arrived,
  byHand,
  type Company,
  ENTERPRISE,
  profileOf,
  startCompany,
  startsIn,
  WORKPLACE,
  worksIn,
} from '../workplace.ts';

const DEPARTMENTS = { '102': 'Supply Chain', '103': 'Sales' };
const MAPPING = {
  attributes: {
    givenName: { from: 'name.givenName' },
    familyName: { from: 'name.familyName' },
    displayName: { from: 'displayName' },
    title: { from: `${WORKPLACE}:jobFunction` },
    department: { from: 'department', table: DEPARTMENTS, otherwise: 'drop' },
  },
  groups: {
    from: [
      { from: 'department', table: { '102': 'Supply Chain feed', '103': ['Sales feed', 'Sales files'] } },
      { expression: `extensions["${WORKPLACE}"].storeId == null ? "" : "Store " + extensions["${WORKPLACE}"].storeId` },
    ],
  },
};

let company: Company;
beforeAll(async () => {
  company = await startCompany({ policy: { preset: 'frontline' }, workplace: true, mapping: MAPPING });
});
afterAll(() => company?.stop());

const hire = (name: string, department: string, more: Record<string, unknown> = {}) =>
  company.join(name, { ...startsIn(-1), ...worksIn(department), ...more });
const groupsOf = async (name: string) => (await company.account(name))?.groups;

test('S70: the company’s own organisational data is declared, accepted and published', async () => {
  const { body } = await company.scim('GET', `/Schemas/${WORKPLACE}`);
  const names = (body['attributes'] as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(['storeId', 'jobFunction', 'startDate', 'birthday']);
  const workplace = { ...startsIn(-1)[WORKPLACE], storeId: '17', jobFunction: 'Cashier' };
  const id = await hire('ada', '103', { [WORKPLACE]: workplace });
  expect((await company.scim('GET', `/Users/${id}`)).body[WORKPLACE]).toEqual(workplace);
  expect(await profileOf(company, 'ada')).toMatchObject({ title: 'Cashier', department: 'Sales' });
  expect(await groupsOf('ada')).toEqual(['Sales feed', 'Sales files', 'Store 17']);
});

test('S71: who carries the department’s number at the source is put into the department of that name', async () => {
  await hire('bea', '102');
  expect(await company.account('bea')).toMatchObject({ department: 'Supply Chain', groups: ['Supply Chain feed'] });
});

test('S67: whoever moves is let into the new place before leaving the old one, without anybody’s help', async () => {
  const id = await hire('cid', '102');
  const account = await company.account('cid');
  await company.say(id, `${ENTERPRISE}:department`, '103');
  expect(await groupsOf('cid')).toEqual(['Sales feed', 'Sales files']);
  const moves = (await arrived(company)).filter((call) => call.endsWith(`/members/${account?.id}`));
  expect(moves.map((call) => call.split(' ')[0])).toEqual(['PUT', 'PUT', 'PUT', 'DELETE']);
});

test('S75: a new name, another job, another store: the profile is updated and the memberships move', async () => {
  const [start] = Object.values(startsIn(-1));
  const id = await hire('dot', '102', { [WORKPLACE]: { ...start, storeId: '1', jobFunction: 'Picker' } });
  const before = await company.account('dot');
  const change = patchOp(
    { op: 'replace', path: 'name.familyName', value: 'Newname' },
    { op: 'replace', path: `${WORKPLACE}:jobFunction`, value: 'Store manager' },
    { op: 'replace', path: `${WORKPLACE}:storeId`, value: '2' },
  );
  expect((await company.scim('PATCH', `/Users/${id}`, change)).status).toBeLessThan(300);
  await settled(company.db);
  expect(await profileOf(company, 'dot')).toMatchObject({ last_name: 'Newname', title: 'Store manager' });
  expect(await groupsOf('dot')).toEqual(['Store 2', 'Supply Chain feed']);
  expect((await company.account('dot'))?.id).toBe(before?.id);
});

test('S69: records are compared with the app from time to time, and differences become actions', async () => {
  const { fields, policy } = (await company.must('GET', `${company.path}/policy`)) as Record<string, object>;
  expect([fields, policy]).toMatchObject([{ reconcile: expect.any(String) }, { reconcile: { everyHours: 4 } }]);
  await hire('eve', '102', { displayName: 'Eve of HR' });
  const account = await company.account('eve');
  await company.sandbox('PATCH', `/users/${account?.id}`, { display_name: 'Somebody else' });
  await byHand(company, 'DELETE', 'eve', 'Supply Chain feed');
  expect((await reconcileNow(company)).counts).toMatchObject({ differs: 1 });
  expect(await company.account('eve')).toMatchObject({ displayName: 'Eve of HR', groups: ['Supply Chain feed'] });
  const calls = (await arrived(company)).length;
  expect((await reconcileNow(company)).counts).toMatchObject({ differs: 0 });
  expect((await arrived(company)).length).toBe(calls);
});

test('S78: more departments that somebody was given by hand survive the next sync', async () => {
  const id = await hire('fay', '102');
  await byHand(company, 'PUT', 'fay', 'Sales feed');
  await company.must('POST', `/people/${id}/memberships`, { group: 'Choir' });
  await company.becomes('fay', 'sings', ({ groups }) => groups.includes('Choir'));
  await company.say(id, 'name.familyName', 'Changed');
  await reconcileNow(company);
  expect(await groupsOf('fay')).toEqual(['Choir', 'Sales feed', 'Supply Chain feed']);
});

test('S79: a membership that the sync gives cannot be taken away by hand', async () => {
  const id = await hire('gus', '102');
  await company.group('Night shift', [id]);
  for (const group of ['Night shift', 'Supply Chain feed']) {
    const { status, body } = await company.admin(
      'DELETE',
      `/people/${id}/memberships?group=${encodeURIComponent(group)}`,
    );
    expect([group, status, body['code']]).toEqual([group, 409, 'managed_membership']);
    expect(body['detail']).toContain(`connection "idp"`);
    await byHand(company, 'DELETE', 'gus', group);
  }
  await reconcileNow(company);
  expect(await groupsOf('gus')).toEqual(['Night shift', 'Supply Chain feed']);
});

test('S80: the primary department changes when HR says so, and in no other way', async () => {
  const id = await hire('hal', '102');
  const account = await company.account('hal');
  await company.must('POST', `/people/${id}/memberships`, { group: 'Sales feed' });
  await company.becomes('hal', 'is in both', ({ groups }) => groups.length === 2);
  await company.sandbox('PATCH', `/users/${account?.id}`, { department: 'Sales' });
  await reconcileNow(company);
  expect((await company.account('hal'))?.department).toBe('Supply Chain');
  await company.say(id, `${ENTERPRISE}:department`, '103');
  expect(await company.account('hal')).toMatchObject({
    department: 'Sales',
    groups: ['Sales feed', 'Sales files'],
  });
});

test('S81: names must match the rules exactly; what comes near is suggested and not applied', async () => {
  const id = await hire('ida', '1O2');
  expect(await company.account('ida')).toMatchObject({ department: null, groups: [] });
  const { values } = (await company.must('GET', `${company.path}/mapping/unmatched`)) as { values: object[] };
  expect(values).toContainEqual(
    expect.objectContaining({ code: 'unmatched_value', attribute: 'department', value: '1O2', near: ['102'] }),
  );
  await company.say(id, `${ENTERPRISE}:department`, '102');
  expect(await company.account('ida')).toMatchObject({ department: 'Supply Chain' });
});

test('S78: what was given by hand stays where the rules drop groups that they do not name', async () => {
  const strict = { ...MAPPING, groups: { ...MAPPING.groups, table: {}, otherwise: 'drop' } };
  const id = await hire('joe', '102');
  await company.must('POST', `/people/${id}/memberships`, { group: 'Choir' });
  try {
    await company.must('PUT', `${company.path}/mapping`, strict);
    await settled(company.db);
    expect(await groupsOf('joe')).toEqual(['Choir', 'Supply Chain feed']);
    const { memberships } = (await company.must('GET', `/people/${id}/memberships`)) as {
      memberships: { group: string; owner: string }[];
    };
    expect(memberships.map(({ group, owner }) => `${group} ${owner}`)).toEqual([
      'Supply Chain feed source',
      'Choir manual',
    ]);
  } finally {
    await company.must('PUT', `${company.path}/mapping`, MAPPING);
    await settled(company.db);
  }
});
