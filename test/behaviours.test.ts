import { expect, test } from 'vitest';
import { BEHAVIOURS, testsByBehaviour } from './behaviours.ts';

const tests = testsByBehaviour(import.meta.dirname);

test('every behaviour is named by a test, but for the parts that are not built yet', () => {
  const gaps = BEHAVIOURS.filter(({ id }) => !tests.has(id)).map(({ id, words }) => `${id} ${words}`);
  expect(gaps).toEqual([]);
});
