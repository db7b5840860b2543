import { describe, expect, test } from 'vitest';
import { emailOf } from '../../src/model/email.ts';
import type { Person, PersonStatus, Resource } from '../../src/model/person.ts';
import { type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { ATTRIBUTE_NAMES, desired } from '../../src/plan/desired.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const NO_ATTRIBUTES = { attributes: [], groups: false };
const policy: Policy = { ...RECOMMENDED_POLICY, onDelete: 'erase' };
const everything = { attributes: ATTRIBUTE_NAMES, groups: true };
const ada: Resource = {
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [
    { value: 'ada@home.example', type: 'home', primary: true },
    { value: 'ada@example.org', type: 'work' },
  ],
  phoneNumbers: [{ value: '+44 1' }, { value: '+44 2', primary: true }],
  [ENTERPRISE]: { department: 'Analysis', manager: { value: 'm1' } },
};
const person = (resource: Resource = ada, status: PersonStatus = 'active', groups: string[] = []): Person => ({
  id: 'p1',
  status,
  resource,
  groups,
});

test('an active person gets an account with the mapped attributes and nothing else', () => {
  const result = desired(person({ ...ada, nickName: 'secret' }, 'active', ['b', 'a', 'a']), policy, everything);
  expect(result).toEqual({
    kind: 'account',
    account: {
      email: 'ada@example.org',
      groups: ['a', 'b'],
      attributes: {
        userName: 'ada',
        externalId: null,
        givenName: 'Ada',
        familyName: 'Lovelace',
        displayName: 'Ada Lovelace',
        title: null,
        language: null,
        phone: '+44 2',
        department: 'Analysis',
        employeeNumber: null,
        manager: 'm1',
      },
    },
  });
});

test('a target is told only of what it can hold', () => {
  const result = desired(person(ada, 'active', ['a']), policy, { attributes: ['givenName'], groups: false });
  expect(result).toMatchObject({ account: { attributes: { givenName: 'Ada' }, groups: [] } });
  expect(result.kind === 'account' && Object.keys(result.account.attributes)).toEqual(['givenName']);
});

test('S78: groups that an operator gave come on top, once each, past the mapping, and only where there are groups', () => {
  const given = { ...person(ada, 'active', ['Staff', 'Crew']), given: ['Choir', 'Crew'] };
  const mapped = { kind: 'in', attributes: {}, groups: ['Everybody'] } as const;
  expect(desired(given, policy, everything)).toMatchObject({ account: { groups: ['Choir', 'Crew', 'Staff'] } });
  expect(desired(given, policy, everything, mapped)).toMatchObject({
    account: { groups: ['Choir', 'Crew', 'Everybody'] },
  });
  expect(desired(given, policy, NO_ATTRIBUTES)).toMatchObject({ account: { groups: [] } });
});

const STORE = 'urn:example:scim:Store';
test.for([
  { name: 'a text', carried: { [STORE]: { storeId: 's1' } }, expected: 's1' },
  { name: 'a number as text', carried: { [STORE]: { storeId: 7 } }, expected: '7' },
  { name: 'false as text', carried: { [STORE]: { storeId: false } }, expected: 'false' },
  { name: 'the first of several', carried: { [STORE]: { storeId: ['s2', 's1'] } }, expected: 's2' },
  {
    name: 'the primary one of several objects',
    carried: { [STORE]: { storeId: [{ value: 'a' }, { value: 'b', primary: true }] } },
    expected: 'b',
  },
  { name: 'nothing of an object', carried: { [STORE]: { storeId: { city: 'x' } } }, expected: null },
  { name: 'null where the person has none', carried: {}, expected: null },
  {
    name: 'the first by URN',
    carried: { 'urn:z:z:Z': { storeId: 'z' }, [STORE]: { storeId: 's' } },
    expected: 's',
  },
  { name: 'null for a name of the core schema', carried: { storeId: 'core' }, expected: null },
])('an attribute of an extension is $name', ({ carried, expected }) => {
  const result = desired(person({ ...ada, ...carried }), policy, { attributes: ['storeId', 'title'], groups: false });
  expect(result).toMatchObject({ account: { attributes: { storeId: expected, title: null } } });
});

test('a name of the mapping is never that of an extension, and what all objects have is no attribute', () => {
  const carried = { [STORE]: { title: 'x' } };
  const names = ['title', 'constructor', 'toString'];
  const result = desired(person({ ...ada, ...carried }), policy, { attributes: names, groups: false });
  expect(result).toMatchObject({ account: { attributes: { title: null, constructor: null, toString: null } } });
});

test.for([
  {
    name: 'a deactivated person is nobody, by onDeactivate',
    status: 'deactivated',
    resource: ada,
    expected: { kind: 'nobody', onLeave: 'suspend' },
  },
  {
    name: 'a deleted person is nobody, by onDelete',
    status: 'deleted',
    resource: ada,
    expected: { kind: 'nobody', onLeave: 'erase' },
  },
  {
    name: 'a leaver needs no e-mail',
    status: 'deactivated',
    resource: { userName: 'x' },
    expected: { kind: 'nobody', onLeave: 'suspend' },
  },
  {
    name: 'an active person needs one',
    status: 'active',
    resource: { userName: 'x' },
    expected: { kind: 'unknown', reason: 'missing_email' },
  },
] as const)('$name', ({ status, resource, expected }) => {
  expect(desired(person(resource, status), policy, everything)).toEqual(expected);
});

test.for([
  { name: 'the work e-mail before the primary one', resource: ada, email: 'ada@example.org' },
  {
    name: 'the primary one without a work e-mail',
    resource: { emails: [{ value: 'a@x.org' }, { value: 'b@x.org', primary: true }] },
    email: 'b@x.org',
  },
  { name: 'the first one else', resource: { emails: [{ value: 'a@x.org' }, { value: 'b@x.org' }] }, email: 'a@x.org' },
  {
    name: 'work in any letter case',
    resource: { emails: [{ value: 'a@x.org' }, { value: 'b@x.org', type: 'Work' }] },
    email: 'b@x.org',
  },
  { name: 'a userName that is an address', resource: { userName: 'ada@x.org' }, email: 'ada@x.org' },
  { name: 'not what is no address', resource: { userName: 'ada', emails: [{ value: 'ada' }] }, email: null },
])('the address of a person is $name', ({ resource, email }) => {
  expect(emailOf(resource)).toBe(email);
});

test.for([
  { name: 'displayName', resource: { displayName: 'A. L.', name: { formatted: 'x' } }, expected: 'A. L.' },
  {
    name: 'the formatted name',
    resource: { name: { formatted: 'Countess Ada', givenName: 'Ada' } },
    expected: 'Countess Ada',
  },
  { name: 'given and family name', resource: { name: { givenName: 'Ada', familyName: 'L' } }, expected: 'Ada L' },
  { name: 'the family name alone', resource: { name: { familyName: 'L' } }, expected: 'L' },
  { name: 'nothing', resource: {}, expected: null },
])('a person is shown by $name', ({ resource, expected }) => {
  const result = desired(person({ userName: 'a@x.org', ...resource }), policy, everything);
  expect(result).toMatchObject({ account: { attributes: { displayName: expected } } });
});

test.for([
  { name: 'by e-mail, in any letter case', names: ['ADA@Example.org'], expected: 'protected' },
  { name: 'by any of the addresses', names: ['ada@home.example'], expected: 'protected' },
  { name: 'by userName', names: [' Ada '], expected: 'protected' },
  { name: 'by externalId', names: ['E-1'], expected: 'protected' },
  { name: 'not by part of a name', names: ['ad', 'example.org', ''], expected: null },
])('who left is protected $name', ({ names, expected }) => {
  const protecting = { ...policy, protected: names };
  for (const status of ['deactivated', 'absent', 'deleted'] as const) {
    const result = desired(person({ ...ada, externalId: 'e-1' }, status), protecting, everything);
    expect(result.kind === 'unknown' ? result.reason : null).toBe(expected);
  }
  expect(desired(person(), protecting, everything).kind).toBe('account');
});

test.for(['suspend', 'suspend-then-erase', 'erase', 'ignore'] as const)(
  'S76: who is missing from a full roster is nobody, by onAbsence %s',
  (onAbsence) => {
    const result = desired(person(ada, 'absent'), { ...policy, onAbsence }, everything);
    expect(result).toEqual({ kind: 'nobody', onLeave: onAbsence });
  },
);

test('protection is no reason to say so where the account would be left alone anyway', () => {
  const ignoring: Policy = { ...policy, onDelete: 'ignore', protected: ['ada'] };
  expect(desired(person(ada, 'deleted'), ignoring, everything)).toEqual({ kind: 'nobody', onLeave: 'ignore' });
});

test('S66: the first day comes from the attribute that the policy names', () => {
  const invite = { onDate: 'startDate', offsetDays: 0, localTime: '08:00', timeZone: 'Europe/Berlin' };
  const starting = (startDate: unknown) =>
    desired(person({ ...ada, [STORE]: { startDate } }), { ...policy, invite }, everything);
  expect(starting('2026-12-01')).toMatchObject({ kind: 'account', firstDay: new Date('2026-12-01T07:00:00Z') });
  expect(starting('soon')).toMatchObject({ kind: 'account', firstDay: null });
  expect(starting(undefined)).toMatchObject({ kind: 'account', firstDay: null });
});

describe('a last day', () => {
  const leaving: Policy = {
    ...policy,
    onDeactivate: 'erase',
    lastDay: { onDate: 'title', offsetDays: 0, localTime: '17:30', timeZone: 'Europe/Berlin' },
  };
  const due = (resource: Resource, rules: Policy = leaving) =>
    desired(
      { id: '1', status: 'active', resource: { userName: 'ada@example.org', ...resource }, groups: [] },
      rules,
      NO_ATTRIBUTES,
    );

  test('is a moment by the clocks of its zone, and what is desired then is decided by onDeactivate', () => {
    expect(due({ title: '2026-12-31' })).toMatchObject({
      kind: 'account',
      lastDay: { at: new Date('2026-12-31T16:30:00Z'), after: { kind: 'nobody', onLeave: 'erase' } },
    });
  });
  test('that cannot be read is none', () => {
    expect(due({ title: 'soon' })).not.toHaveProperty('lastDay');
    expect(due({})).not.toHaveProperty('lastDay');
  });
  test('takes nothing from the protected', () => {
    expect(due({ title: '2026-12-31' }, { ...leaving, protected: ['ADA@example.org'] })).toMatchObject({
      lastDay: { after: { kind: 'unknown', reason: 'protected' } },
    });
  });
});

test('S10: a connection that a mere user made takes no access away, unless it would have left the account alone', () => {
  const left: Person = { id: '1', status: 'deactivated', resource: { userName: 'ada' }, groups: [] };
  expect(desired(left, { ...policy, grantedBy: 'user' }, NO_ATTRIBUTES)).toEqual({
    kind: 'unknown',
    reason: 'not_granted',
  });
  expect(desired(left, { ...policy, grantedBy: 'user', onDeactivate: 'ignore' }, NO_ATTRIBUTES)).toEqual({
    kind: 'nobody',
    onLeave: 'ignore',
  });
});

test('S7: a target may name what is known of the manager', () => {
  const names = { attributes: ['manager', 'managerEmail', 'managerAccount'], groups: false };
  const manager = { email: 'boss@example.org', name: 'Boss', account: null };
  expect(desired({ ...person(), manager }, policy, names)).toMatchObject({
    account: { attributes: { manager: 'm1', managerEmail: 'boss@example.org', managerAccount: null } },
  });
  expect(desired(person(), policy, names)).toMatchObject({ account: { attributes: { managerEmail: null } } });
});
