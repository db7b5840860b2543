import { expect, test } from 'vitest';
import { coerceResource } from '../../src/scim/schema/coerce.ts';
import { GROUP, USER } from '../../src/scim/schema/schemas.ts';
import { ENTERPRISE_URN, GROUP_URN, USER_URN } from '../support/people.ts';

const tolerant = { tolerant: true };
const strict = { tolerant: false };
const user = (more: object) => ({ schemas: [USER_URN, ENTERPRISE_URN], userName: 'ada', ...more });
const stored = (more: object, urns = [USER_URN]) => ({ schemas: urns, userName: 'ada', ...more });

test.for([
  { name: 'names in any letter case become the schema’s', sent: { NICKNAME: 'A' }, kept: { nickName: 'A' } },
  { name: 'sub-attribute names too', sent: { Name: { GivenName: 'A' } }, kept: { name: { givenName: 'A' } } },
  { name: 'nulls are unassigned', sent: { title: null, name: { givenName: null } }, kept: {} },
  { name: 'empty lists are unassigned', sent: { emails: [], roles: [{}] }, kept: {} },
  {
    name: 'nulls in elements are unassigned (C9)',
    sent: { emails: [{ value: 'a', display: null }] },
    kept: { emails: [{ value: 'a' }] },
  },
  {
    name: 'id, meta, groups and password are not kept',
    sent: { id: 'x', meta: {}, groups: [], password: 'p' },
    kept: {},
  },
  {
    name: 'a read-only sub-attribute is not kept',
    sent: { [ENTERPRISE_URN]: { manager: { value: 'b', displayName: 'B' } } },
    kept: { [ENTERPRISE_URN]: { manager: { value: 'b' } } },
  },
  {
    name: 'an extension by its URN in another letter case',
    sent: { [ENTERPRISE_URN.toUpperCase()]: { division: 'D' } },
    kept: { [ENTERPRISE_URN]: { division: 'D' } },
  },
  { name: 'an empty extension is unassigned', sent: { [ENTERPRISE_URN]: {} }, kept: {} },
  { name: 'an empty text is kept', sent: { title: '' }, kept: { title: '' } },
  {
    name: 'one primary',
    sent: {
      emails: [
        { value: 'a', primary: true },
        { value: 'b', primary: false },
      ],
    },
    kept: {
      emails: [
        { value: 'a', primary: true },
        { value: 'b', primary: false },
      ],
    },
  },
])('$name, in every profile', ({ sent, kept }) => {
  const urns = ENTERPRISE_URN in kept ? [USER_URN, ENTERPRISE_URN] : [USER_URN];
  for (const leniency of [tolerant, strict]) {
    expect(coerceResource(USER, user(sent), leniency)).toEqual(stored(kept, urns));
  }
});

test.for([
  {
    name: 'True and FALSE as words (C2)',
    sent: { active: 'FALSE', emails: [{ value: 'a', primary: 'True' }] },
    kept: { active: false, emails: [{ value: 'a', primary: true }] },
  },
  { name: 'a number for text', sent: { title: 7 }, kept: { title: '7' } },
  { name: 'a bare value for a complex one (C10)', sent: { emails: ['a'] }, kept: { emails: [{ value: 'a' }] } },
  { name: 'one value for a list', sent: { emails: { value: 'a' } }, kept: { emails: [{ value: 'a' }] } },
  { name: 'a list of one for a value', sent: { title: ['Dr'] }, kept: { title: 'Dr' } },
  { name: 'unknown attributes (C31)', sent: { colour: 'red', name: { rank: 1 } }, kept: {} },
  { name: 'unknown schemas (C12)', sent: { schemas: [USER_URN, 'urn:x'], 'urn:x': {} }, kept: {} },
  { name: 'no schemas (C29)', sent: { schemas: undefined }, kept: {} },
])('$name: taken, except strictly', ({ sent, kept }) => {
  expect(coerceResource(USER, user(sent), tolerant)).toEqual(stored(kept));
  expect(() => coerceResource(USER, user(sent), strict)).toThrow(expect.objectContaining({ status: 400 }));
});

test.for([
  { name: 'a bare manager', manager: 'b' },
  { name: 'a manager in a list', manager: [{ $ref: null, value: 'b' }] },
])('$name becomes an object (C10)', ({ manager }) => {
  const sent = user({ [ENTERPRISE_URN]: { manager } });
  expect(coerceResource(USER, sent, tolerant)).toMatchObject({ [ENTERPRISE_URN]: { manager: { value: 'b' } } });
});

test('an empty manager is none', () => {
  expect(coerceResource(USER, user({ [ENTERPRISE_URN]: { manager: '' } }), tolerant)).toEqual(stored({}));
});

test('bare members become objects, except strictly (C30)', () => {
  const group = { schemas: [GROUP_URN], displayName: 'G', members: ['a', { value: 'b', display: null }] };
  expect(coerceResource(GROUP, group, tolerant)).toMatchObject({ members: [{ value: 'a' }, { value: 'b' }] });
  expect(() => coerceResource(GROUP, group, strict)).toThrow(expect.objectContaining({ scimType: 'invalidValue' }));
});

test.for([
  { name: 'a missing userName', sent: { userName: undefined } },
  { name: 'an empty userName', sent: { userName: ' ' } },
  {
    name: 'two primaries',
    sent: {
      emails: [
        { value: 'a', primary: true },
        { value: 'b', primary: true },
      ],
    },
  },
  { name: 'a word that is neither true nor false', sent: { active: 'yes' } },
  { name: 'an object for text', sent: { title: {} } },
  { name: 'text for an object', sent: { name: 'Ada' } },
  { name: 'an extension that is text', sent: { [ENTERPRISE_URN]: 'x' } },
  { name: 'NUL', sent: { title: '\u0000' } },
  { name: 'half a character', sent: { title: 'x\udfff' } },
])('$name is invalidValue in every profile', ({ sent }) => {
  for (const leniency of [tolerant, strict]) {
    const refused = expect.objectContaining({ status: 400, scimType: 'invalidValue' });
    expect(() => coerceResource(USER, user(sent), leniency)).toThrow(refused);
  }
});
