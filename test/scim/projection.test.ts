import { expect, test } from 'vitest';
import { parseProjection, project, wants } from '../../src/scim/projection.ts';
import { GROUP, USER } from '../../src/scim/schema/schemas.ts';
import { ENTERPRISE_URN, USER_URN } from '../support/people.ts';

const whole = {
  id: '1',
  schemas: [USER_URN, ENTERPRISE_URN],
  userName: 'ada',
  name: { givenName: 'A', familyName: 'L' },
  emails: [{ value: 'a', type: 'work' }, { value: 'b' }],
  [ENTERPRISE_URN]: { department: 'D', manager: { value: 'b', displayName: 'B' } },
  meta: { resourceType: 'User', version: 'W/"1"' },
};
const { id, schemas } = whole;
const shown = (attributes: unknown, excluded?: unknown) =>
  JSON.parse(project(parseProjection(USER, attributes, excluded), JSON.stringify(whole)));

test.for<{ attributes: unknown; kept: object }>([
  { attributes: 'userName', kept: { userName: 'ada' } },
  { attributes: 'USERNAME', kept: { userName: 'ada' } },
  { attributes: ' userName , name ', kept: { userName: 'ada', name: whole.name } },
  { attributes: ['userName', 'name.givenName'], kept: { userName: 'ada', name: { givenName: 'A' } } },
  { attributes: 'name.givenName,name.familyName', kept: { name: whole.name } },
  { attributes: 'emails.value', kept: { emails: [{ value: 'a' }, { value: 'b' }] } },
  { attributes: 'emails.value,emails.type', kept: { emails: whole.emails } },
  { attributes: 'emails,emails.value', kept: { emails: whole.emails } },
  { attributes: 'emails.value,emails', kept: { emails: whole.emails } },
  { attributes: `${USER_URN}:userName`, kept: { userName: 'ada' } },
  { attributes: ENTERPRISE_URN, kept: { [ENTERPRISE_URN]: whole[ENTERPRISE_URN] } },
  { attributes: `${ENTERPRISE_URN}:department`, kept: { [ENTERPRISE_URN]: { department: 'D' } } },
  {
    attributes: `${ENTERPRISE_URN}:manager.value,userName`,
    kept: { [ENTERPRISE_URN]: { manager: { value: 'b' } }, userName: 'ada' },
  },
  { attributes: 'meta.lastmodified,meta.VERSION', kept: { meta: { version: 'W/"1"' } } },
  { attributes: 'id', kept: {} },
  { attributes: 'colour', kept: {} },
  { attributes: '__proto__,constructor,meta.__proto__', kept: {} },
  { attributes: 'title', kept: {} },
])('attributes=$attributes shows those, and always id and schemas', ({ attributes, kept }) => {
  expect(shown(attributes)).toEqual({ id, schemas, ...kept });
});

test.for<{ excluded: unknown; gone: string[] }>([
  { excluded: 'userName', gone: ['userName'] },
  { excluded: 'NAME,emails', gone: ['name', 'emails'] },
  { excluded: 'id,schemas', gone: [] },
  { excluded: 'meta', gone: ['meta'] },
  { excluded: ENTERPRISE_URN, gone: [ENTERPRISE_URN] },
  { excluded: 'colour', gone: [] },
])('excludedAttributes=$excluded hides those, never id and schemas', ({ excluded, gone }) => {
  const rest = Object.entries(whole).filter(([key]) => !gone.includes(key));
  expect(shown(undefined, excluded)).toEqual(Object.fromEntries(rest));
});

test('sub-attributes can be hidden, in lists too', () => {
  expect(shown(undefined, `name.givenName,emails.type,${ENTERPRISE_URN}:manager`)).toEqual({
    ...whole,
    name: { familyName: 'L' },
    emails: [{ value: 'a' }, { value: 'b' }],
    [ENTERPRISE_URN]: { department: 'D' },
  });
});

test.for([undefined, null, '', ' , ', 7])('attributes=%s counts as absent (C29)', (attributes) => {
  expect(shown(attributes, attributes)).toEqual(whole);
});

test('both at once exclude each other', () => {
  expect(() => parseProjection(USER, 'userName', 'title')).toThrow(expect.objectContaining({ status: 400 }));
});

test.for([
  { attributes: undefined, excluded: undefined, read: true },
  { attributes: 'displayName', excluded: undefined, read: false },
  { attributes: 'members', excluded: undefined, read: true },
  { attributes: 'members.value', excluded: undefined, read: true },
  { attributes: undefined, excluded: 'members', read: false },
  { attributes: undefined, excluded: 'members.display', read: true },
  { attributes: undefined, excluded: 'displayName', read: true },
])(
  'members are read: $read for attributes=$attributes excludedAttributes=$excluded',
  ({ attributes, excluded, read }) => {
    expect(wants(parseProjection(GROUP, attributes, excluded), 'members')).toBe(read);
  },
);
