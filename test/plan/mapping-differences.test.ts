import { expect, test } from 'vitest';
import type { Desired } from '../../src/plan/desired.ts';
import { differencesOf } from '../../src/plan/mapping-differences.ts';

const account = (attributes: Record<string, string | null>, groups: string[] = []): Desired => ({
  kind: 'account',
  account: { email: 'ada@example.org', attributes, groups },
});
const nobody: Desired = { kind: 'nobody', onLeave: 'suspend' };

test.for([
  { name: 'nothing', before: account({ title: 'a' }), after: account({ title: 'a' }), expected: {} },
  {
    name: 'another value',
    before: account({ title: 'a' }),
    after: account({ title: 'b' }),
    expected: { attributes: { title: { before: 'a', after: 'b' } } },
  },
  { name: 'none and empty are the same', before: account({}), after: account({ title: null }), expected: {} },
  { name: 'what is no longer named stays', before: account({ title: 'a' }), after: account({}), expected: {} },
  {
    name: 'groups',
    before: account({}, ['a', 'b']),
    after: account({}, ['b', 'c']),
    expected: { granted: ['c'], revoked: ['a'] },
  },
  { name: 'nothing of somebody who has no account then', before: account({}, ['a']), after: nobody, expected: {} },
])('what differs: $name', ({ before, after, expected }) => {
  expect(differencesOf(before, after)).toEqual({ attributes: {}, granted: [], revoked: [], ...expected });
});
