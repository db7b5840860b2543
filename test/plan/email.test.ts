import { expect, test } from 'vitest';
import { addressesOf, emailOf, type Match } from '../../src/model/email.ts';

const work = { value: 'ada@work.example', type: 'Work' };
const home = { value: 'ada@home.example', type: 'home', primary: true };
const other = { value: 'ADA@work.example' };

test.for<[name: string, match: Match, emails: unknown, one: string | null, all: string[]]>([
  ['S3: the work e-mail stands for a person', 'work', [home, work], work.value, [work.value]],
  ['S57: or the primary one', 'primary', [work, home], home.value, [home.value]],
  [
    'S22: or any of them, the work e-mail first, each once',
    'any',
    [home, work, other],
    work.value,
    [work.value, home.value],
  ],
  ['without a work e-mail the primary one', 'work', [{ value: 'x@y.example' }, home], home.value, [home.value]],
  ['without either the first', 'work', [{ value: 'x@y.example' }], 'x@y.example', ['x@y.example']],
  [
    'what is no address does not count',
    'any',
    [{ value: 'nonsense' }, { value: 7 }],
    'ada@name.example',
    ['ada@name.example'],
  ],
])('%s', ([, match, emails, one, all]) => {
  const resource = { userName: 'ada@name.example', emails };
  expect(emailOf(resource, match)).toBe(one);
  expect(addressesOf(resource, match)).toEqual(all);
});

test('without any address there is none', () => {
  expect(emailOf({ userName: 'ada' })).toBeNull();
  expect(addressesOf({ userName: 'ada' }, 'any')).toEqual([]);
});
