import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { PROFILE_WORDS, parseProfile } from '../../src/roster/profile.ts';

const columns = { No: 'employeeNumber', Mail: 'email' };

test('an empty profile is our own format', () => {
  expect(parseProfile({})).toMatchObject({ key: 'employeeNumber', userName: 'email', dateFormat: 'YYYY-MM-DD' });
});

test.for([
  {
    name: 'an unknown attribute',
    profile: { columns: { ...columns, A: 'shoeSize' } },
    words: /columns.A must be one of/,
  },
  {
    name: 'one attribute twice',
    profile: { columns: { ...columns, A: 'email' } },
    words: /"Mail" is mapped to email already/,
  },
  {
    name: 'headers that are alike',
    profile: { columns: { ...columns, 'm-ail': 'title' } },
    words: /is the same as "Mail"/,
  },
  { name: 'a header of punctuation', profile: { columns: { ...columns, '#': 'title' } }, words: /a letter or a digit/ },
  {
    name: 'no column for the key',
    profile: { columns: { Mail: 'email' } },
    words: /key no column is mapped to employeeNumber/,
  },
  { name: 'no column for the user name', profile: { columns: { No: 'employeeNumber' } }, words: /userName no column/ },
  {
    name: 'an external id that is not the key',
    profile: { columns: { ...columns, X: 'externalId' } },
    words: /must be externalId/,
  },
  {
    name: 'an extension that nobody declared',
    profile: { columns: { ...columns, S: 'urn:example:Store:1.0:User:storeId' } },
    words: /no extension for users declares/,
  },
  { name: 'a word for both', profile: { booleans: { true: ['x'], false: ['X'] } }, words: /cannot stand for both/ },
  { name: 'a country that is none', profile: { country: 'XX' }, words: /must be a country like DE/ },
  { name: 'a language that is none', profile: { language: 'Klingon!' }, words: /must be a language/ },
  { name: 'a letter as delimiter', profile: { delimiter: 'a' }, words: /no letter, digit or quote/ },
  { name: 'an encoding that nobody knows', profile: { encoding: 'utf-7' }, words: /encoding/ },
  { name: 'a field that there is not', profile: { colums: {} }, words: /colums/ },
])('S44: a profile with $name is refused, and told where', ({ profile, words }) => {
  expect(problems(profile)).toMatch(words);
});

test('docs/rosters.md has every field of the profile', () => {
  const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'rosters.md'), 'utf8');
  const told = [...docs.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field);
  expect(told).toEqual(expect.arrayContaining(Object.keys(PROFILE_WORDS)));
});

function problems(profile: unknown): string {
  try {
    parseProfile(profile);
    return 'none';
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n');
  }
}
