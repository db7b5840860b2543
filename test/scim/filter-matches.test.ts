import { expect, test } from 'vitest';
import { matches } from '../../src/scim/filter/matches.ts';
import { parseFilter } from '../../src/scim/filter/parse.ts';
import { resolveFilter } from '../../src/scim/filter/resolve.ts';
import { USER } from '../../src/scim/schema/schemas.ts';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ada = {
  id: '01980000-0000-7000-8000-00000000000a',
  userName: 'Ada@Example.com',
  externalId: 'Ada',
  name: { familyName: 'Lovelace' },
  title: '',
  active: true,
  emails: [
    { value: 'ada@work.example', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
  [enterprise]: { department: 'Engines', manager: { value: 'Byron' } },
  meta: { lastModified: '2026-05-01T10:00:00.000Z' },
};

const meets = (filter: string, tolerant = true) =>
  matches(resolveFilter(USER, parseFilter(filter, { tolerant }), { unknown: 'never', tolerant }), ada);

test.for<[string, boolean, string]>([
  ['userName eq "ADA@EXAMPLE.COM"', true, 'userName ignores letter case (RFC 7643 §4.1.1)'],
  ['externalId eq "Ada"', true, 'externalId is compared exactly'],
  ['externalId eq "ada"', false, 'externalId is compared exactly'],
  ['id eq "01980000-0000-7000-8000-00000000000A"', true, 'a UUID is the same in either letter case'],
  ['nickName ne "x"', true, 'an absent attribute is not equal to anything'],
  ['nickName eq null', true, 'null means absent'],
  ['userName eq null', false, 'null means absent'],
  ['userName ne null', true, 'null means absent'],
  ['title pr', false, 'an empty text is not present'],
  ['nickName pr', false, 'an absent attribute is not present'],
  ['name pr', true, 'a complex attribute with something in it is present'],
  ['emails pr', true, 'a list with something in it is present'],
  ['photos pr', false, 'an absent list is not present'],
  ['not (nickName pr)', true, 'not turns it round'],
  ['emails co "home"', true, 'a list of values is asked for its values (RFC 7643 §2.4)'],
  ['emails ne "ada@work.example"', false, 'ne asks that no element is equal'],
  ['emails[type eq "work" and value co "home"]', false, 'all conditions in brackets speak of one element'],
  ['emails.type eq "work" and emails.value co "home"', true, 'without brackets of any'],
  ['emails[type eq "home" and not (primary pr)]', true, 'not inside brackets'],
  ['emails[type eq "WORK"]', true, 'types ignore letter case'],
  ['emails[type eq "work"].value eq "ADA@work.example"', true, 'what Entra asks when it matches by e-mail'],
  ['emails.primary eq "True"', true, 'a quoted boolean (Entra, C16)'],
  ['active eq false', false, 'booleans'],
  ['userName sw "ada" and userName ew ".COM"', true, 'sw and ew ignore letter case as eq does'],
  ['userName gt "a" and userName lt "b"', true, 'order of text'],
  ['userName ge "ada@example.com" and userName le "ada@example.com"', true, 'order of text, equal'],
  ['meta.lastModified eq "2026-05-01T12:00:00+02:00"', true, 'dates are compared as instants'],
  ['meta.lastModified gt "2026-05-01T09:59:59Z"', true, 'dates are compared as instants'],
  ['meta.lastModified lt "2026-05-01T11:00:00+02:00"', false, 'dates are compared as instants'],
  ['meta.lastModified ge "2026-05-01"', true, 'a day is its first instant'],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.com"', true, 'the core schema’s URN (C11)'],
  [`${enterprise}:department eq "engines"`, true, 'an extension’s attribute'],
  [`${enterprise}.department eq "engines"`, true, 'an extension’s attribute behind a dot (C6)'],
  [`${enterprise}:manager.value eq "byron"`, true, 'a sub-attribute of an extension'],
  ['USERNAME eq "ada@example.com"', true, 'attribute names ignore letter case'],
  ['colour eq "red" or active eq true', true, 'an unknown attribute matches nothing, the rest still counts'],
  ['constructor eq "x"', false, 'no attribute is inherited'],
])('%s is %s: %s', ([filter, expected]) => {
  expect(meets(filter)).toBe(expected);
});

test.for([
  { name: 'part of a boolean', filter: 'active co "t"' },
  { name: 'the order of booleans', filter: 'active gt true' },
  { name: 'part of a date', filter: 'meta.created sw "2026"' },
  { name: 'a date that is none', filter: 'meta.created gt "5"' },
  { name: 'the order of null', filter: 'title gt null' },
  { name: 'part of null', filter: 'title co null' },
  { name: 'a complex attribute as a whole', filter: 'name eq "x"' },
  { name: 'brackets on text', filter: 'title[value eq "x"]' },
  { name: 'a boolean that is none', filter: 'active eq "maybe"' },
  { name: 'a reference that is made up for each answer', filter: 'groups[$ref eq "x"]' },
  { name: 'a very long part', filter: `title co "${'x'.repeat(1_001)}"` },
])('$name is invalidFilter', ({ filter }) => {
  for (const tolerant of [true, false]) {
    expect(() => meets(filter, tolerant)).toThrow(expect.objectContaining({ scimType: 'invalidFilter' }));
  }
});

test.for([
  'active eq "True"',
  'externalId eq 7',
  `${enterprise}.department pr and colour pr`,
  'emails[type eq "x"].value pr',
])('strictly, %s is not taken as tolerant profiles do', (filter) => {
  const strict = () =>
    resolveFilter(USER, parseFilter(filter, { tolerant: false }), { unknown: 'error', tolerant: false });
  expect(() => meets(filter)).not.toThrow();
  expect(strict).toThrow(expect.objectContaining({ scimType: 'invalidFilter' }));
});
