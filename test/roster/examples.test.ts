import { spawnSync } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseProfile } from '../../src/roster/profile.ts';
import { readPositions } from '../../src/roster/read/positions.ts';
import { collected, EXAMPLES, peopleOf, readAll, rejectsOf } from './reading.ts';

const file = (name: string) => join(EXAMPLES, name);

describe('the files in examples/rosters', () => {
  test('S44: employees.csv is read by its profile', async () => {
    const profile = parse(readFileSync(file('employees.profile.yaml'), 'utf8'));
    const read = await readAll(createReadStream(file('employees.csv')), profile);
    expect(rejectsOf(read)).toEqual([]);
    expect(peopleOf(read).map(({ resource }) => resource['name'])).toEqual([
      { givenName: 'Jörg', familyName: 'Müller' },
      { givenName: 'Zoë', familyName: 'Größ' },
      { givenName: 'Änne "Ann"', familyName: 'Özdemir' },
    ]);
    expect(read.shape.ignored).toEqual(['Geburtsdatum']);
  });

  test('S41, S42: employees.xml and positions.xml belong together', async () => {
    const { items } = readPositions(createReadStream(file('positions.xml')), parseProfile({}));
    const all = await collected(items);
    const positions = new Set(all.flatMap((item) => (item.kind === 'position' ? [item.position.id] : [])));
    const read = await readAll(createReadStream(file('employees.xml')), {}, { positions });
    expect(rejectsOf(read)).toEqual([]);
    expect(peopleOf(read).map(({ position }) => position)).toEqual(['p-10', 'p-11']);
  });

  const without = spawnSync('xmllint', ['--version']).error ? 'xmllint is not installed (Debian: libxml2-utils)' : '';
  test.for(['employees', 'positions'])('S41, S42: %s.xml is what %s.xsd describes', (name, { skip }) => {
    skip(without !== '', without);
    const run = spawnSync('xmllint', ['--noout', '--schema', file(`${name}.xsd`), file(`${name}.xml`)], {
      encoding: 'utf8',
    });
    expect(`${run.status} ${run.stderr}`).toContain('validates');
  });
});
