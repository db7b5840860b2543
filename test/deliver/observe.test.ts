import { expect, test } from 'vitest';
import { seenAs } from '../../src/deliver/observe.ts';
import type { Person } from '../../src/model/person.ts';
import type { Desired } from '../../src/plan/desired.ts';

const ada: Person = { id: 'p1', status: 'active', resource: { userName: 'ada' }, groups: ['Staff'] };
const account = { email: 'ada@example.org', attributes: {}, groups: ['Everybody'] };
const outOfScope: Desired = { kind: 'nobody', onLeave: 'suspend', because: 'out_of_scope' };

test.for([
  {
    name: 'with the groups of the account',
    person: ada,
    desired: { kind: 'account', account },
    expected: { status: 'active', groups: ['Everybody'] },
  },
  {
    name: 'as one who left, out of scope: their e-mail is nothing to the target',
    person: ada,
    desired: outOfScope,
    expected: { status: 'deactivated', groups: ['Staff'] },
  },
  {
    name: 'as one who left while the mapping fails',
    person: ada,
    desired: { kind: 'unknown', reason: 'mapping_failed', words: '' },
    expected: { status: 'deactivated' },
  },
  {
    name: 'as deleted',
    person: { ...ada, status: 'deleted' },
    desired: { kind: 'nobody', onLeave: 'erase' },
    expected: { status: 'deleted' },
  },
] satisfies { name: string; person: Person; desired: Desired; expected: Partial<Person> }[])(
  'a target sees a person $name',
  ({ person, desired, expected }) => {
    expect(seenAs(person, desired)).toMatchObject(expected);
  },
);
