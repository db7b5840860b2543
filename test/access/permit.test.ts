import { expect, test } from 'vitest';
import { needWords, permits } from '../../src/access/permit.ts';
import { isFresh } from '../../src/access/principal.ts';
import type { Need, Principal, Right } from '../../src/model/principal.ts';

const operator = (...rights: Right[]): Principal => ({
  kind: 'operator',
  id: 'o',
  name: 'Ada',
  roles: new Map([['ours', rights]]),
  signedInAt: 0,
});
const both: Need = [['people'], ['integrations']];
const either: Need = [['people', 'audit']];

test.for<{ name: string; principal: Principal; tenant?: string; need: Need; permitted: boolean }>([
  { name: 'the installation’s key may do anything', principal: { kind: 'installation' }, need: both, permitted: true },
  { name: 'an owner may do anything', principal: operator('owner'), need: both, permitted: true },
  {
    name: 'an owner elsewhere may do nothing',
    principal: operator('owner'),
    tenant: 'theirs',
    need: [],
    permitted: false,
  },
  { name: 'S12: people alone do not enable', principal: operator('people'), need: both, permitted: false },
  { name: 'S12: integrations alone do not enable', principal: operator('integrations'), need: both, permitted: false },
  { name: 'S12: both rights enable', principal: operator('people', 'integrations'), need: both, permitted: true },
  { name: 'one right of a list is enough', principal: operator('audit'), need: either, permitted: true },
  { name: 'another right is not', principal: operator('integrations'), need: either, permitted: false },
  { name: 'no need needs a role', principal: operator('audit'), need: [], permitted: true },
  { name: 'rosters are no people', principal: operator('rosters'), need: either, permitted: false },
])('$name', ({ principal, tenant = 'ours', need, permitted }) => {
  expect(permits(principal, tenant, need)).toBe(permitted);
});

test('what is missing is said in words', () => {
  expect(needWords(both)).toBe('people, and integrations');
  expect(needWords(either)).toBe('people or audit');
});

test.for([
  { name: 'nine minutes are fresh', minutes: 9, fresh: true },
  { name: 'ten are not', minutes: 10, fresh: false },
])('$name', ({ minutes, fresh }) => {
  expect(isFresh(operator('owner'), minutes * 60_000)).toBe(fresh);
});
