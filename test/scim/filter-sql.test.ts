import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createGroup } from '../../src/directory/groups.ts';
import { listStored } from '../../src/directory/list.ts';
import { GROUPS, PEOPLE } from '../../src/directory/list-sources.ts';
import { createPageMemory } from '../../src/directory/page-memory.ts';
import { createPerson } from '../../src/directory/people.ts';
import { resourceText } from '../../src/scim/answer.ts';
import { matches } from '../../src/scim/filter/matches.ts';
import { parseFilter } from '../../src/scim/filter/parse.ts';
import { resolveFilter } from '../../src/scim/filter/resolve.ts';
import { groupColumns } from '../../src/scim/group-columns.ts';
import { coerceResource } from '../../src/scim/schema/coerce.ts';
import { GROUP, USER } from '../../src/scim/schema/schemas.ts';
import { personColumns } from '../../src/scim/user-columns.ts';
import { startScim } from '../support/app.ts';
import { ENTERPRISE_URN, GROUP_URN, USER_URN } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());
const { db } = scim;
const scope = { tenantId: scim.tenantId, connectionId: scim.connectionId };
const tolerant = { tolerant: true };
// FILTER_SEED repeats a failure
const seed = Number(process.env.FILTER_SEED ?? Date.now() % 1e9);

/** Few short words, so that random filters meet random people; with what patterns and quoting stumble over. */
const words = ['a', 'A', 'ab', 'aB', 'b', 'Ä', 'ä', '', '.*', 'a"b', '\\', '(', '%', 'a_b', '😀', '\uffff', '$', 'a$'];
const word = fc.constantFrom(...words);
const element = fc.record(
  { value: word, type: fc.constantFrom('work', 'Home', 'x'), display: word },
  { requiredKeys: [] },
);
const list = fc.array(element, { maxLength: 3 });
const sub = (...names: string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, word])), { requiredKeys: [] });
const aPerson = fc.record(
  {
    externalId: word,
    displayName: word,
    title: word,
    active: fc.boolean(),
    name: sub('givenName', 'familyName'),
    emails: list,
    roles: list,
    addresses: fc.array(sub('locality', 'country', 'type'), { maxLength: 2 }),
    [ENTERPRISE_URN]: fc.record({ department: word, manager: sub('value', '$ref') }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

const created: { id: string; createdAt: number }[] = [];
for (const [index, person] of fc.sample(aPerson, { numRuns: 40, seed }).entries()) {
  const emails = (person['emails'] as object[] | undefined)?.map((email, at) =>
    at ? email : { ...email, primary: index % 2 === 0 },
  );
  const sent = { schemas: [USER_URN], ...person, userName: `${index % 3 ? 'a' : 'B'}${index}`, emails };
  created.push(
    await createPerson(db, scope, personColumns(USER, coerceResource(USER, sent, tolerant)), { rehire: false }),
  );
}
const at = (index: number) => created[index % created.length] as { id: string; createdAt: number };
const groupIds: string[] = [];
for (const [index, displayName] of ['a', 'Ab', 'ä', 'b'].entries()) {
  const group = coerceResource(GROUP, { schemas: [GROUP_URN], displayName, externalId: displayName }, tolerant);
  const members = index === 3 ? [] : [at(index).id, at(index * 2 + 5).id, ...groupIds.slice(0, index === 2 ? 1 : 0)];
  groupIds.push((await createGroup(db, scope, groupColumns(GROUP, group), members)).id);
}

const KINDS = {
  User: { schema: USER, source: PEOPLE },
  Group: { schema: GROUP, source: GROUPS },
} as const;

const everything = async (kind: keyof typeof KINDS) => {
  const query = { condition: null, sort: null, start: { offset: 0 }, limit: 1_000, withRelated: true };
  const { items } = await listStored(db, scope, KINDS[kind].source, query, createPageMemory());
  return items.map((item) => JSON.parse(resourceText(kind, item, 'http://host/scim/v2')) as { id: string });
};
const all = { User: await everything('User'), Group: await everything('Group') };

const operator = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le');
const quoted = (value: string) => JSON.stringify(value);
const compare = (paths: string[]) =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.tuple(fc.constantFrom(...paths), operator, word).map(([p, op, v]) => `${p} ${op} ${quoted(v)}`),
    },
    { weight: 2, arbitrary: fc.constantFrom(...paths).map((path) => `${path} pr`) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...paths), fc.constantFrom('eq', 'ne')).map(([p, op]) => `${p} ${op} null`),
    },
  );
const joined = (leaf: fc.Arbitrary<string>) =>
  fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree')).map(([l, op, r]) => `(${l} ${op} ${r})`),
      tie('tree').map((inner) => `not (${inner})`),
    ),
  })).tree;
const primary = fc.tuple(fc.constantFrom('eq', 'ne'), fc.boolean()).map(([op, value]) => `primary ${op} ${value}`);
const inBrackets = (attribute: string, inner: fc.Arbitrary<string>) =>
  joined(inner).map((condition) => `${attribute}[${condition}]`);
const instant = fc
  .tuple(
    fc.constantFrom('created', 'lastModified'),
    fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'),
    fc.nat(39),
    fc.nat(3),
  )
  .map(([name, op, index, plus]) => {
    const shifted = new Date(at(index).createdAt + plus + 3_600_000).toISOString().replace('Z', '+01:00');
    return `meta.${name} ${op} "${shifted}"`;
  });
const byId = (path: string, ids: () => string[]) =>
  fc.tuple(operator, fc.nat(50), fc.constantFrom('lower', 'upper', 'part', 'none')).map(([op, index, how]) => {
    const id = ids()[index % ids().length] ?? '';
    const value = { lower: id, upper: id.toUpperCase(), part: id.slice(-2), none: 'zz' }[how];
    return `${path} ${op} "${value}"`;
  });
const complexes = ['name', 'emails', 'roles', 'addresses', `${ENTERPRISE_URN}:manager`];

const userFilter = joined(
  fc.oneof(
    {
      weight: 4,
      arbitrary: compare([
        'userName',
        'externalId',
        'displayName',
        'title',
        'name.givenName',
        `${USER_URN}:NAME.familyName`,
      ]),
    },
    { weight: 4, arbitrary: compare(['emails', 'emails.value', 'emails.type', 'roles', 'addresses.locality']) },
    {
      weight: 2,
      arbitrary: compare([
        `${ENTERPRISE_URN}:department`,
        `${ENTERPRISE_URN}:manager.value`,
        `${ENTERPRISE_URN}:manager.$ref`,
      ]),
    },
    { weight: 3, arbitrary: inBrackets('emails', fc.oneof(compare(['value', 'type', 'display']), primary)) },
    { weight: 2, arbitrary: inBrackets('addresses', compare(['locality', 'country', 'type'])) },
    { weight: 1, arbitrary: inBrackets('name', compare(['givenName'])) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'active eq true',
        'active ne true',
        'active pr',
        'emails.primary eq true',
        'emails.primary ne false',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...complexes).map((path) => `${path} pr`) },
    { weight: 2, arbitrary: instant },
    { weight: 2, arbitrary: byId('id', () => created.map(({ id }) => id)) },
    { weight: 2, arbitrary: byId('groups.value', () => groupIds) },
    { weight: 2, arbitrary: compare(['groups.display', 'groups.type', 'colour']) },
    {
      weight: 2,
      arbitrary: inBrackets(
        'groups',
        fc.oneof(
          compare(['display', 'type']),
          byId('value', () => groupIds),
        ),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('groups pr', 'groups eq null', 'groups ne null') },
  ),
);
const memberIds = () => [...created.map(({ id }) => id), ...groupIds];
const groupFilter = joined(
  fc.oneof(
    compare(['displayName', 'externalId']),
    byId('members', memberIds),
    compare(['members.type', 'members.display']),
    inBrackets(
      'members',
      fc.oneof(byId('value', memberIds), fc.constantFrom('type eq "User"', 'type ne "group"', 'type pr', 'display pr')),
    ),
    fc.constantFrom('members pr', 'members eq null', 'id pr', 'members ne null'),
  ),
);

test.for([
  { kind: 'User', filters: userFilter, runs: 400 },
  { kind: 'Group', filters: groupFilter, runs: 120 },
] as const)('PostgreSQL finds the same $kind resources as the filter’s definition', async ({ kind, filters, runs }) => {
  const { schema, source } = KINDS[kind];
  await fc.assert(
    fc.asyncProperty(filters, async (text) => {
      const condition = resolveFilter(schema, parseFilter(text, tolerant), { unknown: 'never', tolerant: true });
      const expected = all[kind].filter((resource) => matches(condition, resource)).map(({ id }) => id);
      const found = await listStored(
        db,
        scope,
        source,
        {
          condition,
          sort: null,
          start: { offset: 0 },
          limit: 1_000,
          withRelated: false,
        },
        createPageMemory(),
      );
      expect(found.items.map(({ id }) => id)).toEqual(expected);
    }),
    { numRuns: runs, seed },
  );
});
