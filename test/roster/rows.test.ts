import { describe, expect, test } from 'vitest';
import type { ExtensionSchema } from '../../src/model/extension.ts';
import { EMPLOYMENT } from '../../src/roster/attribute.ts';
import type { RosterProfileInput } from '../../src/roster/profile.ts';
import { peopleOf, readAll, rejectsOf } from './reading.ts';

const STORE = 'urn:example:Store:1.0:User';
const attribute = (name: string, more: object = {}) => ({
  ...{ name, type: 'string' as const, multiValued: false, description: '', required: false, caseExact: false },
  ...{ mutability: 'readWrite' as const, returned: 'default' as const, uniqueness: 'none' as const },
  ...more,
});
const store: ExtensionSchema = {
  ...{ urn: STORE, name: 'Store', description: '', resourceType: 'User', required: false },
  attributes: [
    attribute('storeId'),
    attribute('floor', { type: 'integer' }),
    attribute('keyHolder', { type: 'boolean' }),
    attribute('since', { type: 'dateTime' }),
    attribute('shifts', { multiValued: true }),
    attribute('region', { canonicalValues: ['North', 'South'] }),
  ],
};

/** One row beside what every row needs. */
const row = (extra: Record<string, string>, profile: RosterProfileInput = {}, options = {}) => {
  const base: Record<string, string> = { employeeNumber: '1', email: 'ada@example.com', familyName: 'Ames' };
  const cells = Object.entries({ ...base, ...extra });
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const file = [cells.map(([name]) => quote(name)), cells.map(([, value]) => quote(value))];
  return readAll(file.map((line) => line.join(',')).join('\n'), profile, options);
};

test('S44: a row becomes a User as the directory keeps it', async () => {
  const [person] = peopleOf(
    await row({
      ...{ employeeNumber: 'A0012', givenName: 'Ada', displayName: 'Ada A.', title: 'Buyer', department: '102' },
      ...{
        costCenter: '4100',
        organization: 'Ex Ltd',
        division: 'North',
        location: 'Köln',
        manager: 'Boss@Example.com',
      },
      ...{ phone: '+49 89 123456', mobile: '+49 151 12345678', language: 'de_AT', position: 'P-7' },
      ...{ startDate: '2024-02-29', endDate: '2027-01-31', active: 'ja', groups: 'Sales|Wiki|Sales' },
    }),
  );
  expect(person).toEqual({
    line: 2,
    key: 'a0012',
    manager: 'boss@example.com',
    position: 'p-7',
    groups: ['Sales', 'Wiki'],
    resource: {
      schemas: [
        'urn:ietf:params:scim:schemas:core:2.0:User',
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
        EMPLOYMENT,
      ],
      externalId: 'a0012',
      userName: 'ada@example.com',
      name: { givenName: 'Ada', familyName: 'Ames' },
      displayName: 'Ada A.',
      title: 'Buyer',
      preferredLanguage: 'de-AT',
      emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
      phoneNumbers: [
        { value: '+4989123456', type: 'work' },
        { value: '+4915112345678', type: 'mobile' },
      ],
      addresses: [{ locality: 'Köln', type: 'work' }],
      active: true,
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
        ...{
          employeeNumber: 'A0012',
          costCenter: '4100',
          organization: 'Ex Ltd',
          division: 'North',
          department: '102',
        },
      },
      [EMPLOYMENT]: { startDate: '2024-02-29', endDate: '2027-01-31' },
    },
  });
});

test('S32: a birthday is not taken unless the profile maps it', async () => {
  const [person] = peopleOf(await row({ birthday: '1990-01-31' }));
  expect(JSON.stringify(person)).not.toContain('1990');
  const columns = { employeeNumber: 'employeeNumber', email: 'email', familyName: 'familyName', birthday: 'birthday' };
  const [asked] = peopleOf(await row({ birthday: '1990-01-31' }, { columns }));
  expect(asked?.resource[EMPLOYMENT]).toEqual({ birthday: '1990-01-31' });
});

describe('S70: organisational data of one’s own', () => {
  test('each attribute is read as it was declared', async () => {
    const [person] = peopleOf(
      await row(
        {
          ...{ [`${STORE}:storeId`]: '0102', [`${STORE}:floor`]: '2', [`${STORE}:keyHolder`]: 'nein' },
          ...{ [`${STORE}:since`]: '2024-02-29', [`${STORE}:shifts`]: 'early|late', [`${STORE}:region`]: 'north' },
        },
        {},
        { extensions: [store] },
      ),
    );
    expect(person?.resource[STORE]).toEqual({
      ...{ storeId: '0102', floor: 2, keyHolder: false, since: '2024-02-29T00:00:00Z', shifts: ['early', 'late'] },
      region: 'North',
    });
    expect(person?.resource['schemas']).toContain(STORE);
  });

  test('a value that does not fit rejects the row', async () => {
    const values = { [`${STORE}:floor`]: 'two', [`${STORE}:region`]: 'West' };
    expect(rejectsOf(await row(values, {}, { extensions: [store] }))).toEqual([
      `2 ${STORE}:floor invalid_value`,
      `2 ${STORE}:region invalid_value`,
    ]);
  });

  test('a day may be kept elsewhere than among the days of employment', async () => {
    const columns = {
      ...{ employeeNumber: 'employeeNumber', email: 'email', familyName: 'familyName' },
      Eintritt: { attribute: `${STORE}:storeId`, as: 'date' as const },
    };
    const profile = { columns, dateFormat: 'DD.MM.YYYY' as const };
    const [person] = peopleOf(await row({ Eintritt: '1.2.2024' }, profile, { extensions: [store] }));
    expect(person?.resource).toMatchObject({ [STORE]: { storeId: '2024-02-01' } });
    expect(person?.resource).not.toHaveProperty([EMPLOYMENT]);
  });
});

const DE = { country: 'DE' };
const long = 'x'.repeat(257);
test.for([
  { name: 'no key', cells: { employeeNumber: ' ' }, codes: ['2 employeeNumber missing_key'] },
  { name: 'no e-mail', cells: { email: '' }, codes: ['2 email missing_email'] },
  { name: 'no name', cells: { familyName: '' }, codes: ['2 familyName missing_name'] },
  { name: 'a given name alone', cells: { familyName: '', givenName: 'Sukarno' }, codes: [] },
  { name: 'no domain', cells: { email: 'ada' }, codes: ['2 email invalid_email'] },
  { name: 'a domain without a dot', cells: { email: 'ada@localhost' }, codes: ['2 email invalid_email'] },
  { name: 'two addresses', cells: { email: 'a@example.com;b@example.com' }, codes: ['2 email invalid_email'] },
  { name: 'two dots', cells: { email: 'a..b@example.com' }, codes: ['2 email invalid_email'] },
  { name: 'an address of another script', cells: { email: 'юлия@пример.рф' }, codes: [] },
  {
    name: 'an address too long',
    cells: { email: `${'a'.repeat(60)}@${'b.'.repeat(100)}example` },
    codes: ['2 email too_long'],
  },
  { name: 'a day that is none', cells: { startDate: '2023-02-29' }, codes: ['2 startDate invalid_date'] },
  { name: 'a telephone number without country', cells: { phone: '089 123456' }, codes: ['2 phone invalid_phone'] },
  { name: 'the same with one', cells: { phone: '089 123456' }, profile: DE, codes: [] },
  { name: 'letters for a number', cells: { mobile: 'call me' }, profile: DE, codes: ['2 mobile invalid_phone'] },
  { name: 'perhaps active', cells: { active: 'perhaps' }, codes: ['2 active invalid_boolean'] },
  { name: 'a title too long', cells: { title: long }, codes: ['2 title too_long'] },
  { name: 'a key too long', cells: { employeeNumber: long }, codes: ['2 employeeNumber too_long'] },
  { name: 'a language that is none', cells: { language: 'Vertrieb' }, codes: ['2 language invalid_value'] },
  { name: 'a control character', cells: { familyName: 'A\u0007mes' }, codes: ['2 familyName unreadable_text'] },
  { name: 'a dash read as Latin-1', cells: { title: 'A \u0096 B' }, codes: ['2 title unreadable_text'] },
  { name: 'a letter that was lost', cells: { familyName: 'M\ufffdller' }, codes: ['2 familyName unreadable_text'] },
  {
    name: 'a mark that turns letters round',
    cells: { familyName: 'semA\u202e' },
    codes: ['2 familyName unreadable_text'],
  },
  { name: 'a bell in a column that nobody reads', cells: { note: '\u0007' }, codes: [] },
  {
    name: 'all at once',
    cells: { email: '', startDate: 'x', active: 'x' },
    codes: ['2 startDate invalid_date', '2 active invalid_boolean', '2 email missing_email'],
  },
])('S82: $name', async ({ cells, profile = {}, codes }) => {
  expect(rejectsOf(await row(cells, profile))).toEqual(codes);
});

test('S82: a department that is not in the list is rejected, by its exact spelling', async () => {
  const profile = { departments: ['102'] };
  expect(rejectsOf(await row({ department: '102' }, profile))).toEqual([]);
  expect(rejectsOf(await row({ department: '' }, profile))).toEqual([]);
  expect(rejectsOf(await row({ department: '0102' }, profile))).toEqual(['2 department unknown_department']);
});

test('S82: a rejected row tells whom it is about, so that nobody is taken for gone', async () => {
  const { items } = await row({ employeeNumber: 'K7', email: 'none' });
  expect(items).toMatchObject([{ kind: 'rejected', key: 'k7' }]);
});

test('names of any script are kept, in one form', async () => {
  const names = [
    'Nguye\u0302\u0303n Thị Hương',
    'محمد‌علی',
    '  山田\u3000太郎 ',
    'Ο’Δημήτρης',
    "O'Brien",
    'ศรีสุข',
    'क्षत्रिय',
  ];
  for (const familyName of names) {
    const [person] = peopleOf(await row({ familyName }));
    expect(person?.resource['name']).toEqual({ familyName: familyName.normalize('NFC').replace('\u3000', ' ').trim() });
  }
});

test.for([
  { name: 'an e-mail address', profile: { key: 'email' as const }, key: 'ada@example.com' },
  { name: 'a column of its own', profile: { key: { column: 'Global-ID' } }, key: 'g-1' },
])('the key may be $name', async ({ profile, key }) => {
  const [person] = peopleOf(await row({ email: 'Ada@Example.com', globalId: 'G-1' }, profile));
  expect(person).toMatchObject({ key, resource: { externalId: key, userName: 'Ada@Example.com' } });
});

test('a user name may come from a column; people without e-mail are taken where the profile allows it', async () => {
  const profile = { userName: { column: 'Login' }, require: ['name' as const] };
  const [person] = peopleOf(await row({ email: '', Login: 'ada' }, profile));
  expect(person?.resource).toMatchObject({ userName: 'ada' });
  const [plain] = peopleOf(await row({ email: '', Login: '' }, profile));
  expect(plain?.resource).toMatchObject({ userName: '1' });
});

test('somebody may be in the file and not be active', async () => {
  const [person] = peopleOf(await row({ active: 'Inaktiv' }));
  expect(person?.resource['active']).toBe(false);
});
