import { expect, test } from 'vitest';
import { type Entry, mergeEntries } from '../../src/report/people-merge.ts';

const entry = (branch: number, key: string, more: Partial<Entry> = {}): Entry => {
  return { branch, key, id: key, first: true, fits: true, ...more };
};
const page = { limit: 2, budget: 3, descending: false };
const place = (key: string) => ({ key, id: key });

test.for([
  { name: 'nothing gives an empty page', entries: [], keys: [], rest: null },
  { name: 'the last page goes on nowhere', entries: [entry(0, 'b'), entry(0, 'a')], keys: ['a', 'b'], rest: null },
  {
    name: 'a full page goes on behind its last place',
    entries: [entry(0, 'a'), entry(0, 'b'), entry(1, 'c')],
    keys: ['a', 'b'],
    rest: place('b'),
  },
  {
    name: 'who is found by two keys is listed at the first',
    entries: [entry(0, 'a', { id: 'x' }), entry(1, 'b', { id: 'x', first: false })],
    keys: ['a'],
    rest: null,
  },
  {
    name: 'the same key in two indexes is one place',
    entries: [entry(0, 'a'), entry(1, 'a')],
    keys: ['a'],
    rest: null,
  },
  {
    name: 'behind the last entry of an index that has more, nothing is judged',
    entries: [...['a', 'b', 'c'].map((key) => entry(0, key, { fits: false })), entry(1, 'd')],
    keys: [],
    rest: place('c'),
  },
  {
    name: 'letters beyond ASCII go by their bytes, as in the database',
    entries: [entry(0, '\u{10400}'), entry(0, '\uff21')],
    keys: ['\uff21', '\u{10400}'],
    rest: null,
  },
])('$name', ({ entries, keys, rest }) => {
  const merged = mergeEntries(entries, page);
  expect(merged.places.map(({ key }) => key)).toEqual(keys);
  expect(merged.rest).toEqual(rest);
});

test('the way back is the same list from its end', () => {
  const entries = ['a', 'b', 'c'].map((key) => entry(0, key));
  const merged = mergeEntries(entries, { limit: 2, budget: 9, descending: true });
  expect(merged).toEqual({ places: [place('c'), place('b')], rest: place('b') });
});
