import { expect, test } from 'vitest';
import type { Mapping } from '../../src/model/mapping.ts';
import type { Person, Resource } from '../../src/model/person.ts';
import { type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { ATTRIBUTE_NAMES, ENTERPRISE } from '../../src/plan/desired.ts';
import { desiredByMapping, mapPerson } from '../../src/plan/mapping.ts';
import { compileMapping } from '../../src/plan/mapping-compile.ts';
import { explainMapping } from '../../src/plan/mapping-explain.ts';

const STORE = 'urn:example:params:scim:Store:1.0:User';
const policy: Policy = { ...RECOMMENDED_POLICY, onDeactivate: 'suspend', onDelete: 'erase' };
const everything = { attributes: [...ATTRIBUTE_NAMES, 'team', 'storeId'], groups: true };
const ada: Resource = {
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [
    { value: 'ada@home.example', type: 'home', primary: true },
    { value: 'ada@example.org', type: 'work' },
  ],
  title: 'Analyst',
  roles: [{ value: 'reader' }, { value: 'editor', primary: true }],
  [ENTERPRISE]: { department: '102', manager: { value: 'm1', displayName: 'Charles' } },
  [STORE]: { storeId: 7, keyHolder: true, desk: { room: 'R1' } },
};
const person = (more: Partial<Person> = {}): Person => ({
  id: 'p1',
  status: 'active',
  resource: ada,
  groups: ['Sales', 'Berlin'],
  ...more,
});
const map = (mapping: Mapping, more: Partial<Person> = {}) =>
  mapPerson(compileMapping(mapping), person(more), everything);
const attribute = (rule: NonNullable<Mapping['attributes']>[string], more: Partial<Person> = {}) => {
  const mapped = map({ attributes: { team: rule } }, more);
  return mapped.kind === 'in' ? mapped.attributes['team'] : mapped;
};

test('S71: department 102 becomes Supply Chain, and nothing that is not listed leaves', () => {
  const attributes = { department: { from: 'department', table: { '102': 'Supply Chain' } } };
  expect(map({ attributes })).toEqual({
    kind: 'in',
    attributes: { department: 'Supply Chain' },
    groups: ['Berlin', 'Sales'],
  });
});

test.for([
  { from: 'userName', value: 'ada' },
  { from: 'name.givenName', value: 'Ada' },
  { from: 'givenName', value: 'Ada' },
  { from: 'displayName', value: 'Ada Lovelace' },
  { from: 'email', value: 'ada@example.org' },
  { from: 'emails', value: 'ada@home.example' },
  { from: 'emails.type', value: 'home' },
  { from: 'roles', value: 'editor' },
  { from: 'department', value: '102' },
  { from: 'manager', value: 'm1' },
  { from: 'manager.displayName', value: 'Charles' },
  { from: `${ENTERPRISE}:department`, value: '102' },
  { from: `${STORE}:storeId`, value: '7' },
  { from: `${STORE}:keyHolder`, value: 'true' },
  { from: `${STORE}:desk.room`, value: 'R1' },
  { from: `${STORE}:desk`, value: null },
  { from: `${STORE}:constructor`, value: null },
  { from: 'nickName', value: null },
  { from: 'costCenter', value: null },
  { from: 'managerEmail', value: null },
])('from $from comes $value', ({ from, value }) => {
  expect(attribute({ from })).toBe(value);
});

test('what reports are told of their manager comes with the manager', () => {
  const manager = { email: 'boss@example.org', name: 'Boss', account: 'acc_1' };
  const sources = ['managerEmail', 'managerName', 'managerAccount'];
  expect(sources.map((from) => attribute({ from }, { manager }))).toEqual(['boss@example.org', 'Boss', 'acc_1']);
  expect(attribute({ expression: 'managerName + " " + managerAccount' }, { manager })).toBe('Boss acc_1');
});

const table = { '102': 'Supply Chain', Sales: 'Revenue' };
const inDepartment = (department: string | undefined) => ({ resource: { ...ada, [ENTERPRISE]: { department } } });
test.for([
  { name: 'a value in the table', rule: {}, says: '102', value: 'Supply Chain' },
  { name: 'a value that is not, by default', rule: {}, says: '999', value: '999' },
  { name: 'otherwise keep', rule: { otherwise: 'keep' }, says: '999', value: '999' },
  { name: 'otherwise drop', rule: { otherwise: 'drop' }, says: '999', value: null },
  { name: 'otherwise a value', rule: { otherwise: { value: 'Other' } }, says: '999', value: 'Other' },
  { name: 'S81: another letter case', rule: { otherwise: 'drop' }, says: 'sales', value: null },
  {
    name: 'S81: another letter case, folded',
    rule: { otherwise: 'drop', fold: true },
    says: ' sALES ',
    value: 'Revenue',
  },
  { name: 'nothing', rule: { otherwise: { value: 'Other' } }, says: undefined, value: null },
  { name: 'nothing, with a default', rule: { default: 'None' }, says: undefined, value: 'None' },
  { name: 'a name of all objects', rule: { otherwise: 'drop' }, says: 'constructor', value: null },
] as const)('$name becomes $value', ({ rule, says, value }) => {
  expect(attribute({ from: 'department', table, ...rule }, inDepartment(says))).toBe(value);
});

test.for([
  { expression: 'name.givenName + " " + department', value: 'Ada 102' },
  { expression: 'department == "102" ? "Supply" : "Other"', value: 'Supply' },
  { expression: 'nickName', value: null },
  { expression: 'size(groups)', value: '2' },
  { expression: '"Sales" in groups', value: 'true' },
  { expression: 'emails.filter(e, e.type == "work")[0].value', value: 'ada@example.org' },
  { expression: 'emails.exists(e, e.display == "x")', value: 'false' },
  { expression: `extensions["${STORE}"].storeId == 7 ? "seven" : "other"`, value: 'seven' },
  { expression: `extensions["${STORE}"].desk.room`, value: 'R1' },
  { expression: `extensions["${STORE}"].desk.seat`, value: null },
  { expression: 'extensions["urn:never:sent"].storeId', value: null },
  { expression: 'extensions["urn:never:sent"].desk.room', value: null },
] as const)('$expression gives $value', ({ expression, value }) => {
  expect(attribute({ expression })).toBe(value);
});

test.for([
  { expression: `extensions["${STORE}"].storeId.startsWith("7")`, says: '102' },
  { expression: `extensions["${STORE}"].desk`, says: '102' },
  { expression: 'string(int(department) + 1)', says: 'Sales' },
  { expression: 'department.split("-")[1]', says: '102' },
  { expression: 'department.substring(0, 1)', says: '😀' },
])('where $expression does not fit, nothing is decided', ({ expression, says }) => {
  const mapped = attribute({ expression }, { resource: { ...ada, [ENTERPRISE]: { department: says } } });
  expect(mapped).toMatchObject({ kind: 'failed', words: expect.stringMatching(/^attributes\.team: /) });
});

test.for([
  { name: 'true', scope: 'department == "102"', status: 'active', desired: { kind: 'account' } },
  {
    name: 'false',
    scope: 'department == "103"',
    status: 'active',
    desired: { kind: 'nobody', onLeave: 'suspend', because: 'out_of_scope' },
  },
  {
    name: 'absent attributes are no fault',
    scope: 'costCenter == "1" || active',
    status: 'active',
    desired: { kind: 'account' },
  },
  {
    name: 'a fault is not out of scope',
    scope: 'int(title) > 3',
    status: 'active',
    desired: { kind: 'unknown', reason: 'mapping_failed', words: expect.stringMatching(/^scope: /) },
  },
  {
    name: 'what is neither true nor false is a fault',
    scope: `extensions["${STORE}"].storeId`,
    status: 'active',
    desired: { kind: 'unknown', reason: 'mapping_failed', words: 'scope: gives neither true nor false' },
  },
  {
    name: 'who left leaves, whatever the scope says',
    scope: 'int(title) > 3',
    status: 'deleted',
    desired: { kind: 'nobody', onLeave: 'erase' },
  },
] as const)('scope: $name', ({ scope, status, desired }) => {
  expect(desiredByMapping(compileMapping({ scope }), person({ status }), policy, everything)).toMatchObject(desired);
});

test('out of scope needs no e-mail, and the protected stay', () => {
  const mapping = compileMapping({ scope: 'title == "Boss"' });
  const nameless = person({ resource: { userName: 'ada' } });
  expect(desiredByMapping(mapping, nameless, policy, everything).kind).toBe('nobody');
  const protecting = { ...policy, protected: ['ada'] };
  expect(desiredByMapping(mapping, nameless, protecting, everything)).toEqual({ kind: 'unknown', reason: 'protected' });
});

test.for([
  { name: 'as the source names them', groups: undefined, expected: ['Berlin', 'Sales'] },
  { name: 'by a table, the others kept', groups: { table: { Sales: 'Revenue' } }, expected: ['Berlin', 'Revenue'] },
  {
    name: 'by a table, the others dropped',
    groups: { table: { Sales: 'Revenue' }, otherwise: 'drop' },
    expected: ['Revenue'],
  },
  { name: 'one as several', groups: { table: { Sales: ['A', 'B'] }, otherwise: 'drop' }, expected: ['A', 'B'] },
  { name: 'two as one', groups: { table: { Sales: 'X', Berlin: 'X' } }, expected: ['X'] },
  {
    name: 'S24: from the department, too',
    groups: { table: {}, otherwise: 'drop', from: [{ from: 'department', table: { '102': 'Team Supply' } }] },
    expected: ['Team Supply'],
  },
  {
    name: 'not from a department that nobody named',
    groups: { table: {}, otherwise: 'drop', from: [{ from: 'department', table: { '1': 'x' } }] },
    expected: [],
  },
  {
    name: 'from all values of a list',
    groups: { table: {}, otherwise: 'drop', from: [{ from: 'roles' }] },
    expected: ['editor', 'reader'],
  },
  {
    name: 'from an expression',
    groups: { from: [{ expression: '"In " + department' }] },
    expected: ['Berlin', 'In 102', 'Sales'],
  },
] satisfies { name: string; groups: Mapping['groups'] | undefined; expected: string[] }[])(
  'groups come $name',
  ({ groups, expected }) => {
    expect(map(groups ? { groups } : {})).toMatchObject({ kind: 'in', groups: expected });
  },
);

test('S32: what is never managed is not in the account, listed or not', () => {
  const rules = { title: { from: 'title' }, department: { from: 'department' } };
  expect(map({ attributes: rules, neverManaged: ['title'] })).toMatchObject({ attributes: { department: '102' } });
  const builtIn = map({ neverManaged: ['title', 'storeId'] });
  expect(builtIn.kind === 'in' && Object.keys(builtIn.attributes)).not.toContain('title');
  expect(builtIn.kind === 'in' && Object.keys(builtIn.attributes)).not.toContain('storeId');
  expect(builtIn).toMatchObject({ attributes: { department: '102', givenName: 'Ada' } });
});

test('rules for what a target cannot hold are not run', () => {
  const mapping = compileMapping({ attributes: { team: { expression: 'string(int(title))' } }, groups: { table: {} } });
  const scope = { attributes: ['department'], groups: false };
  expect(mapPerson(mapping, person(), scope)).toEqual({ kind: 'in', attributes: {}, groups: [] });
});

test('each step says what was read, what came out, and what the value may have been meant for', () => {
  const mapping = compileMapping({
    attributes: { department: { from: 'department', table, otherwise: 'drop' }, title: { from: 'title' } },
  });
  const { result, steps } = explainMapping(mapping, person(inDepartment('sales ')), everything);
  expect(result).toMatchObject({ kind: 'in', attributes: { department: null } });
  const place = 'attributes.department';
  expect(steps[0]).toEqual({
    ...{ name: 'department', place, reads: 'department', source: 'sales ' },
    ...{ result: [], unmatched: true, near: ['Sales'] },
  });
});
