import { expect, test } from 'vitest';
import type { Mapping } from '../../src/model/mapping.ts';
import { departmentsOf } from '../../src/roster/departments.ts';
import { parseProfile } from '../../src/roster/profile.ts';

const table = { '102': 'Supply Chain', Vertrieb: 'Sales' };
const withTable = (fold?: boolean): Mapping => ({
  attributes: { department: { from: 'department', table, ...(fold && { fold }) } },
});

test.for([
  { name: 'no list', profile: {}, mapping: withTable(), known: ['102', 'whatever'], unknown: [] },
  { name: 'a list', profile: { departments: ['102'] }, mapping: {}, known: ['102'], unknown: ['0102', 'Vertrieb'] },
  {
    name: 'the table',
    profile: { departments: 'mapping' },
    mapping: withTable(),
    known: ['102'],
    unknown: ['vertrieb'],
  },
  {
    name: 'a table without letter case',
    profile: { departments: 'mapping' },
    mapping: withTable(true),
    known: ['102', ' vertrieb '],
    unknown: ['Einkauf', ''],
  },
  { name: 'no table', profile: { departments: 'mapping' }, mapping: {}, known: ['whatever'], unknown: [] },
] as const)('S82: which departments there are by $name', ({ profile, mapping, known, unknown }) => {
  const departments = departmentsOf(parseProfile(profile), mapping);
  const has = (name: string) => departments?.has(name) ?? true;
  expect(known.filter((name) => !has(name))).toEqual([]);
  expect(unknown.filter(has)).toEqual([]);
});
