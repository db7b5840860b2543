import { expect, test } from 'vitest';
import { applyPatch } from '../../src/scim/patch/apply.ts';
import { parsePatch } from '../../src/scim/patch/operations.ts';
import { coerceResource, type Json } from '../../src/scim/schema/coerce.ts';
import { USER } from '../../src/scim/schema/schemas.ts';
import { aPatch, ENTERPRISE_URN, USER_URN } from '../support/people.ts';

const tolerant = { tolerant: true };
const strict = { tolerant: false };
const work = { value: 'w@x.org', type: 'work', primary: true };
const home = { value: 'h@x.org', type: 'home' };

type Row = { name: string; before?: Json; ops: unknown[]; after: Json };

const user = (more: Json = {}) => coerceResource(USER, { schemas: [USER_URN], userName: 'ada', ...more }, tolerant);
const patched = (before: Json | undefined, ops: unknown[], leniency: { tolerant: boolean }) => {
  const resource = user(before);
  const frozen = structuredClone(resource);
  const result = applyPatch(USER, resource, parsePatch(aPatch(...ops), leniency), leniency);
  expect(resource).toEqual(frozen); // pure
  return result;
};

const add = (path: string | undefined, value: unknown) => ({ op: 'add', ...(path ? { path } : {}), value });
const replace = (path: string | undefined, value: unknown) => ({ op: 'replace', ...(path ? { path } : {}), value });
const remove = (path: string) => ({ op: 'remove', path });

test.for<Row>([
  // single values (RFC 7644 §3.5.2.1, §3.5.2.3)
  { name: 'add sets a value', ops: [add('title', 'Dr')], after: { title: 'Dr' } },
  { name: 'add replaces a single value', before: { title: 'Mr' }, ops: [add('title', 'Dr')], after: { title: 'Dr' } },
  { name: 'replace sets what is not there', ops: [replace('title', 'Dr')], after: { title: 'Dr' } },
  { name: 'remove unassigns', before: { title: 'Dr' }, ops: [remove('title')], after: {} },
  { name: 'remove of what is not there', ops: [remove('title')], after: {} },
  { name: 'replace with null unassigns', before: { title: 'Dr' }, ops: [replace('title', null)], after: {} },
  { name: 'paths in any letter case', ops: [replace('TITLE', 'Dr')], after: { title: 'Dr' } },
  { name: 'the core schema’s URN in a path (C11)', ops: [replace(`${USER_URN}:title`, 'Dr')], after: { title: 'Dr' } },
  { name: 'operations one after the other', ops: [add('title', 'a'), replace('title', 'b')], after: { title: 'b' } },
  {
    name: 'active switched off without a path (C20)',
    ops: [replace(undefined, { active: false })],
    after: { active: false },
  },
  { name: 'a password is taken and not kept (C20)', ops: [replace(undefined, { password: 'x' })], after: {} },
  { name: 'an empty path is none', ops: [replace('', { title: 'Dr' })], after: { title: 'Dr' } },
  // complex values
  {
    name: 'a sub-attribute',
    before: { name: { familyName: 'L' } },
    ops: [replace('name.givenName', 'A')],
    after: { name: { familyName: 'L', givenName: 'A' } },
  },
  { name: 'a sub-attribute of nothing', ops: [add('name.givenName', 'A')], after: { name: { givenName: 'A' } } },
  {
    name: 'a complex value is merged',
    before: { name: { familyName: 'L', givenName: 'B' } },
    ops: [replace('name', { givenName: 'A' })],
    after: { name: { familyName: 'L', givenName: 'A' } },
  },
  {
    name: 'a null in a complex value unassigns',
    before: { name: { familyName: 'L', givenName: 'B' } },
    ops: [replace('name', { familyName: null })],
    after: { name: { givenName: 'B' } },
  },
  {
    name: 'the last sub-attribute removed takes the attribute along',
    before: { name: { givenName: 'A' } },
    ops: [remove('name.givenName')],
    after: {},
  },
  // lists
  { name: 'add to a list', before: { emails: [work] }, ops: [add('emails', [home])], after: { emails: [work, home] } },
  {
    name: 'add one alone to a list',
    before: { emails: [work] },
    ops: [add('emails', home)],
    after: { emails: [work, home] },
  },
  {
    name: 'add what is there already',
    before: { emails: [work, home] },
    ops: [add('emails', [home])],
    after: { emails: [work, home] },
  },
  {
    name: 'add a value that is there with another property',
    before: { emails: [home] },
    ops: [add('emails', [{ ...home, primary: true }])],
    after: { emails: [{ ...home, primary: true }] },
  },
  {
    name: 'a new primary takes the place of the old',
    before: { emails: [work] },
    ops: [add('emails', [{ ...home, primary: true }])],
    after: {
      emails: [
        { ...work, primary: false },
        { ...home, primary: true },
      ],
    },
  },
  { name: 'replace a list', before: { emails: [work] }, ops: [replace('emails', [home])], after: { emails: [home] } },
  { name: 'replace a list by an empty one', before: { emails: [work] }, ops: [replace('emails', [])], after: {} },
  { name: 'replace a list by null', before: { emails: [work] }, ops: [replace('emails', null)], after: {} },
  { name: 'remove a list', before: { emails: [work] }, ops: [remove('emails')], after: {} },
  { name: 'add nothing to a list', before: { emails: [work] }, ops: [add('emails', [])], after: { emails: [work] } },
  {
    name: 'a sub-attribute of all elements',
    before: { emails: [work, home] },
    ops: [replace('emails.display', 'x')],
    after: {
      emails: [
        { ...work, display: 'x' },
        { ...home, display: 'x' },
      ],
    },
  },
  {
    name: 'a sub-attribute of no elements makes one',
    ops: [add('emails.value', 'a')],
    after: { emails: [{ value: 'a' }] },
  },
  {
    name: 'a sub-attribute removed from all elements',
    before: { emails: [work, home] },
    ops: [remove('emails.type')],
    after: { emails: [{ value: 'w@x.org', primary: true }, { value: 'h@x.org' }] },
  },
  // chosen elements
  {
    name: 'a sub-attribute of a chosen element',
    before: { emails: [work, home] },
    ops: [replace('emails[type eq "work"].value', 'n@x.org')],
    after: { emails: [{ ...work, value: 'n@x.org' }, home] },
  },
  {
    name: 'choosing in any letter case',
    before: { emails: [work] },
    ops: [replace('Emails[Type eq "WORK"].Value', 'n')],
    after: { emails: [{ ...work, value: 'n' }] },
  },
  {
    name: 'removing a chosen element',
    before: { emails: [work, home] },
    ops: [remove('emails[type eq "work"]')],
    after: { emails: [home] },
  },
  {
    name: 'removing by two conditions (RFC 7644 §3.5.2.2)',
    before: { emails: [work, home] },
    ops: [remove('emails[type eq "home" and value ew "x.org"]')],
    after: { emails: [work] },
  },
  { name: 'removing the last element', before: { emails: [work] }, ops: [remove('emails[type eq "work"]')], after: {} },
  {
    name: 'removing an element that nobody has',
    before: { emails: [work] },
    ops: [remove('emails[type eq "other"]')],
    after: { emails: [work] },
  },
  {
    name: 'a sub-attribute removed from a chosen element',
    before: { emails: [work, home] },
    ops: [remove('emails[type eq "work"].primary')],
    after: { emails: [{ value: 'w@x.org', type: 'work' }, home] },
  },
  {
    name: 'a chosen element set to null',
    before: { emails: [work, home] },
    ops: [replace('emails[type eq "home"]', null)],
    after: { emails: [work] },
  },
  {
    name: 'a chosen element replaced as a whole',
    before: { emails: [{ ...work, display: 'W' }] },
    ops: [replace('emails[type eq "work"]', { value: 'n' })],
    after: { emails: [{ type: 'work', value: 'n' }] },
  },
  {
    name: 'a chosen element filled up',
    before: { emails: [work] },
    ops: [add('emails[type eq "work"]', { display: 'W' })],
    after: { emails: [{ ...work, display: 'W' }] },
  },
  {
    name: 'the primary moved',
    before: { emails: [work, home] },
    ops: [replace('emails[type eq "home"].primary', true)],
    after: {
      emails: [
        { ...work, primary: false },
        { ...home, primary: true },
      ],
    },
  },
  {
    name: 'add to an element that is not there makes it (C3)',
    ops: [add('emails[type eq "work"].value', 'a')],
    after: { emails: [{ type: 'work', value: 'a' }] },
  },
  {
    name: 'a made element keeps the client’s letter case',
    ops: [add('roles[value eq "Admin"].display', 'A')],
    after: { roles: [{ value: 'Admin', display: 'A' }] },
  },
  // extensions
  {
    name: 'an extension’s attribute',
    ops: [add(`${ENTERPRISE_URN}:department`, 'D')],
    after: { [ENTERPRISE_URN]: { department: 'D' } },
  },
  {
    name: 'an extension’s sub-attribute',
    ops: [add(`${ENTERPRISE_URN}:manager.value`, 'b')],
    after: { [ENTERPRISE_URN]: { manager: { value: 'b' } } },
  },
  {
    name: 'a whole extension as path',
    before: { [ENTERPRISE_URN]: { division: 'V' } },
    ops: [add(ENTERPRISE_URN, { department: 'D' })],
    after: { [ENTERPRISE_URN]: { division: 'V', department: 'D' } },
  },
  {
    name: 'a whole extension as key (C6)',
    ops: [add(undefined, { [ENTERPRISE_URN]: { department: 'D' } })],
    after: { [ENTERPRISE_URN]: { department: 'D' } },
  },
  {
    name: 'a whole extension removed',
    before: { [ENTERPRISE_URN]: { division: 'V' } },
    ops: [remove(ENTERPRISE_URN)],
    after: {},
  },
  {
    name: 'a whole extension as null',
    before: { [ENTERPRISE_URN]: { division: 'V' } },
    ops: [replace(ENTERPRISE_URN, null)],
    after: {},
  },
  {
    name: 'a manager removed',
    before: { [ENTERPRISE_URN]: { manager: { value: 'b' } } },
    ops: [remove(`${ENTERPRISE_URN}:manager`)],
    after: {},
  },
  // what a client has read and sends back
  {
    name: 'id, meta, schemas and groups sent back without a path',
    ops: [replace(undefined, { id: '1', meta: {}, schemas: [], groups: [], title: 'Dr' })],
    after: { title: 'Dr' },
  },
  {
    name: 'a change that changes nothing (C17)',
    before: { title: 'Dr' },
    ops: [replace('title', 'Dr')],
    after: { title: 'Dr' },
  },
])('$name, in every profile', ({ before, ops, after }) => {
  for (const leniency of [tolerant, strict]) expect(patched(before, ops, leniency)).toEqual(user(after));
});

const manyParts = ['streetAddress', 'locality', 'postalCode', 'country'];

test.for<Row>([
  { name: 'capitalised operations (C1)', ops: [{ op: 'Replace', path: 'title', value: 'Dr' }], after: { title: 'Dr' } },
  { name: 'active as a word (C2)', ops: [replace('active', 'False')], after: { active: false } },
  {
    name: 'active as a word without a path (C2)',
    ops: [replace(undefined, { active: 'false' })],
    after: { active: false },
  },
  {
    name: 'replace of an element that is not there (C3)',
    ops: [replace('emails[type eq "work"].value', 'a')],
    after: { emails: [{ type: 'work', value: 'a' }] },
  },
  {
    name: 'dotted keys (C5)',
    ops: [replace(undefined, { 'name.givenName': 'A', 'name.familyName': 'L' })],
    after: { name: { givenName: 'A', familyName: 'L' } },
  },
  {
    name: 'keys with brackets (C5)',
    ops: [add(undefined, { 'emails[type eq "work"].value': 'a' })],
    after: { emails: [{ type: 'work', value: 'a' }] },
  },
  {
    name: 'keys with a URN (C6)',
    ops: [add(undefined, { [`${ENTERPRISE_URN}:employeeNumber`]: '7' })],
    after: { [ENTERPRISE_URN]: { employeeNumber: '7' } },
  },
  {
    name: 'keys with a URN and a dot (C6)',
    ops: [add(undefined, { [`${ENTERPRISE_URN}.department`]: 'D' })],
    after: { [ENTERPRISE_URN]: { department: 'D' } },
  },
  {
    name: 'paths with a URN and a dot (C6)',
    ops: [add(`${ENTERPRISE_URN}.department`, 'D')],
    after: { [ENTERPRISE_URN]: { department: 'D' } },
  },
  {
    name: 'the core schema’s URN in a key (C11)',
    ops: [add(undefined, { [`${USER_URN}:title`]: 'Dr' })],
    after: { title: 'Dr' },
  },
  {
    name: 'a bare manager (C10)',
    ops: [add(`${ENTERPRISE_URN}:manager`, 'b')],
    after: { [ENTERPRISE_URN]: { manager: { value: 'b' } } },
  },
  {
    name: 'a manager in a list (C10)',
    ops: [add(`${ENTERPRISE_URN}:manager`, [{ value: 'b', $ref: null }])],
    after: { [ENTERPRISE_URN]: { manager: { value: 'b' } } },
  },
  {
    name: 'a quoted boolean in brackets (C16)',
    ops: [add('roles[primary eq "True"].value', '{"id":1}')],
    after: { roles: [{ primary: true, value: '{"id":1}' }] },
  },
  {
    name: 'a removal that lists what goes (C7)',
    before: { emails: [work, home] },
    ops: [{ ...remove('emails'), value: [{ value: 'h@x.org', $ref: null }] }],
    after: { emails: [work] },
  },
  {
    name: 'an unknown attribute as path (C31)',
    ops: [add('colour', 'red'), add('title', 'Dr')],
    after: { title: 'Dr' },
  },
  {
    name: 'an unknown attribute as key (C31)',
    ops: [add(undefined, { colour: 'red', title: 'Dr' })],
    after: { title: 'Dr' },
  },
  {
    name: 'an unknown schema’s attribute (C12)',
    ops: [add(undefined, { 'urn:x:y/z:a': 1, 'urn:x:y:a': 1, '': 1 })],
    after: {},
  },
  {
    name: 'an unknown attribute of an extension',
    ops: [add(ENTERPRISE_URN, { colour: 'red', division: 'V' })],
    after: { [ENTERPRISE_URN]: { division: 'V' } },
  },
])('$name: taken, except strictly', ({ before, ops, after }) => {
  expect(patched(before, ops, tolerant)).toEqual(user(after));
  expect(() => patched(before, ops, strict)).toThrow(expect.objectContaining({ status: 400 }));
});

test('several parts of one address build one element (C4)', () => {
  const ops = manyParts.map((part) => add(`addresses[type eq "work"].${part}`, part));
  const parts = Object.fromEntries(manyParts.map((part) => [part, part]));
  for (const leniency of [tolerant, strict]) {
    expect(patched({}, ops, leniency)).toEqual(user({ addresses: [{ type: 'work', ...parts }] }));
  }
});

test.for([
  { name: 'a required attribute removed', ops: [remove('userName')], scimType: 'mutability' },
  { name: 'a required attribute set to null', ops: [replace('userName', null)], scimType: 'invalidValue' },
  { name: 'a read-only attribute', ops: [replace('groups', [])], scimType: 'mutability' },
  {
    name: 'a read-only sub-attribute',
    ops: [replace(`${ENTERPRISE_URN}:manager.displayName`, 'B')],
    scimType: 'mutability',
  },
  { name: 'the id', ops: [replace('id', 'x')], scimType: 'mutability' },
  { name: 'part of meta', ops: [replace('meta.created', 'x')], scimType: 'mutability' },
  { name: 'remove without a path', ops: [{ op: 'remove' }], scimType: 'noTarget' },
  { name: 'add without a value', ops: [{ op: 'add', path: 'title' }], scimType: 'invalidValue' },
  { name: 'no object without a path', ops: [add(undefined, 'x')], scimType: 'invalidValue' },
  { name: 'a value of another type', ops: [replace('title', { a: 1 })], scimType: 'invalidValue' },
  { name: 'two new primaries', ops: [add('emails', [work, { ...home, primary: true }])], scimType: 'invalidValue' },
  { name: 'an element that cannot be made', ops: [add('emails[type ne "work"].value', 'a')], scimType: 'noTarget' },
  {
    name: 'an unknown sub-attribute behind brackets',
    ops: [add('emails[type eq "work"].colour', 'a')],
    scimType: 'invalidPath',
  },
  { name: 'a filter that is none', ops: [add('emails[type is "work"].value', 'a')], scimType: 'invalidFilter' },
])('$name is $scimType in every profile', ({ ops, scimType }) => {
  for (const leniency of [tolerant, strict]) {
    expect(() => patched({}, ops, leniency)).toThrow(expect.objectContaining({ status: 400, scimType }));
  }
});

test('ten thousand operations are worked off in no time', () => {
  const ops = Array.from({ length: 10_000 }, (_, index) => replace('title', `t${index}`));
  expect(patched({}, ops, tolerant)).toEqual(user({ title: 't9999' }));
});
