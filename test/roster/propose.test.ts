import { expect, test } from 'vitest';
import { parseProfile } from '../../src/roster/profile.ts';
import { proposeProfile } from '../../src/roster/read/propose.ts';
import { sampleRoster } from '../../src/roster/read/sample.ts';
import { peopleOf, readAll, streamOf } from './reading.ts';

const GERMAN = `Personal-Nr.;Vorname;Nachname;E-Mail geschäftlich;Abteilung;Vorgesetzter;Eintrittsdatum;Geburtsdatum;Aktiv;Schuhgröße
17;Jörg;Müller;joerg@example.com;102;18;29.02.2024;01.02.1990;ja;42
18;Zoë;Größ;zoe@example.com;103;;01.04.2015;24.12.1980;nein;38
`;

test('S29: a first upload with German headers needs no profile made by hand', async () => {
  const sample = await sampleRoster(streamOf(GERMAN));
  const { profile, unmapped, questions } = proposeProfile(sample.shape.headers, sample.rows, sample.shape);
  expect(profile).toEqual({
    columns: {
      ...{ 'Personal-Nr.': 'employeeNumber', Vorname: 'givenName', Nachname: 'familyName' },
      ...{ 'E-Mail geschäftlich': 'email', Abteilung: 'department', Vorgesetzter: 'manager' },
      ...{ Eintrittsdatum: 'startDate', Aktiv: 'active' },
    },
    ...{ key: 'employeeNumber', userName: 'email', dateFormat: 'DD.MM.YYYY', delimiter: ';' },
  });
  expect({ unmapped, questions }).toEqual({ unmapped: ['Geburtsdatum', 'Schuhgröße'], questions: [] });
  const read = await readAll(GERMAN, parseProfile(profile));
  expect(peopleOf(read).map(({ key, resource }) => [key, resource['active']])).toEqual([
    ['17', true],
    ['18', false],
  ]);
});

test('English headers are known, surer ones win, and each says why', () => {
  const headers = ['Employee ID', 'Work Email', 'Private contact', 'Surname', 'Hire Date', 'Job title', 'Title'];
  const rows = [['1', 'a@example.com', 'ann@example.net', 'Ames', '02/29/2024', 'Buyer', 'Dr']];
  const { profile, columns } = proposeProfile(headers, rows);
  expect(profile).toMatchObject({ dateFormat: 'MM/DD/YYYY', columns: { 'Work Email': 'email', 'Job title': 'title' } });
  const why = Object.fromEntries(columns.map(({ column, confidence, reason }) => [column, `${confidence} ${reason}`]));
  expect(why['Private contact']).toBe('0 "Work Email" is email already');
  expect(why['Surname']).toBe('0.95 its name is known');
});

test.for([
  {
    name: 'days that fit two formats',
    headers: ['id', 'email', 'Hire date'],
    row: ['1', 'a@example.com', '03/04/2024'],
    asks: /^dateFormat: the days fit MM\/DD\/YYYY and DD\/MM\/YYYY/,
  },
  {
    name: 'words for true that nobody knows',
    headers: ['id', 'email', 'Status'],
    row: ['1', 'a@example.com', 'here'],
    asks: /^booleans: which of "here"/,
  },
  {
    name: 'telephone numbers without country',
    headers: ['id', 'email', 'Phone'],
    row: ['1', 'a@example.com', '089 123'],
    asks: /^country:/,
  },
  { name: 'nothing that tells people apart', headers: ['Surname', 'Login'], row: ['Ames', 'ada'], asks: /^key:/ },
])('$name are asked about and not guessed', ({ headers, row, asks }) => {
  expect(proposeProfile(headers, [row]).questions).toEqual([expect.stringMatching(asks)]);
});

test('a name that its values deny is not believed', () => {
  const { columns } = proposeProfile(['id', 'E-Mail'], [['1', 'yes']]);
  expect(columns[1]).toMatchObject({ attribute: null, reason: 'its name says email, its values do not' });
});

test('groups in one column are told apart by what stands between them', () => {
  const rows = [['1', 'a@example.com', 'Sales, Wiki']];
  expect(proposeProfile(['id', 'email', 'Groups'], rows, { delimiter: ';' }).profile).toMatchObject({ separator: ',' });
});

test('a position is a title, unless the header says that it is an id', () => {
  const proposed = (headers: string[]) => proposeProfile(headers, []).columns.map(({ attribute }) => attribute);
  expect(proposed(['Position', 'Name'])).toEqual(['title', 'familyName']);
  expect(proposed(['Position ID', 'Position'])).toEqual(['position', 'title']);
});
