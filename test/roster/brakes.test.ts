import { expect, test } from 'vitest';
import { brakesOn, type Found } from '../../src/roster/brakes.ts';
import { parseProfile } from '../../src/roster/profile.ts';
import type { Shape } from '../../src/roster/row.ts';

const shape: Shape = {
  format: 'csv',
  delimiter: ',',
  encoding: 'utf-8',
  headers: ['employeeNumber', 'email'],
  ignored: [],
  missing: [],
};
const fine: Found = {
  ...{ shape, rows: 100, rejected: 0, keyless: 0, missing: 0, emails: 0, present: 100 },
  last: { rows: 100, shape },
};
const full = parseProfile({});
const delta = parseProfile({ semantics: 'delta' });

test.for<{ name: string; found: Partial<Found>; profile?: typeof full; reason: string | null }>([
  { name: 'the same file is believed', found: {}, reason: null },
  { name: 'a first file is believed', found: { last: null }, reason: null },
  { name: 'nobody in the file', found: { rows: 0 }, reason: 'there is nobody in the file' },
  { name: 'nobody in a first file', found: { rows: 0, last: null }, reason: 'there is nobody in the file' },
  { name: 'nobody in a file of changes', found: { rows: 0 }, profile: delta, reason: null },
  { name: '80 of 100 rows', found: { rows: 80 }, reason: null },
  { name: '79 of 100 rows', found: { rows: 79 }, reason: 'the file has 79 rows, the last one had 100' },
  { name: 'rejected rows count as there', found: { rows: 70, rejected: 12 }, reason: null },
  { name: 'a file of changes may be short', found: { rows: 1 }, profile: delta, reason: null },
  { name: 'a small company may lose five', found: { rows: 3, last: { rows: 8, shape } }, reason: null },
  { name: 'and six are held', found: { rows: 2, last: { rows: 8, shape } }, reason: 'the file has 2 rows' },
  { name: '21 of 100 rejected', found: { rows: 79, rejected: 21 }, reason: '21 of 100 rows cannot be taken' },
  { name: 'five of eight rejected', found: { rows: 3, rejected: 5, last: null }, reason: null },
  { name: '21 new addresses of 100', found: { emails: 21 }, reason: 'the e-mail addresses of 21 of 100 people' },
  { name: '20 new addresses of 100', found: { emails: 20 }, reason: null },
  {
    name: 'another delimiter',
    found: { shape: { ...shape, delimiter: ';' } },
    reason: 'the delimiter was "," and is ";"',
  },
  {
    name: 'another column',
    found: { shape: { ...shape, headers: ['employeeNumber', 'mail'] } },
    reason: '"email" gone, "mail" new',
  },
  {
    name: 'the same columns in another order',
    found: { shape: { ...shape, headers: ['email', 'employeeNumber'] } },
    reason: null,
  },
  { name: 'XML after CSV', found: { shape: { ...shape, format: 'xml' } }, reason: 'the last file was CSV' },
  { name: 'rows of nobody knows whom, nobody missing', found: { rejected: 2, keyless: 2 }, reason: null },
  {
    name: 'rows of nobody knows whom, while somebody is missing',
    found: { rejected: 2, keyless: 2, missing: 1 },
    reason: 'they may be the same',
  },
])('$name', ({ found, profile = full, reason }) => {
  const reasons = brakesOn({ ...fine, ...found }, profile);
  expect(reasons).toEqual(reason === null ? [] : [expect.stringContaining(reason)]);
});
