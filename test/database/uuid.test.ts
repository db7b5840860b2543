import { expect, test } from 'vitest';
import { isUuid, uuidv7 } from '../../src/database/uuid.ts';

test('ids are UUIDv7, unique, and in the order in which they were made', () => {
  const ids = Array.from({ length: 20_000 }, uuidv7);
  expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
    true,
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  const time = Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16);
  expect(Math.abs(time - Date.now())).toBeLessThan(10_000);
});

test.for([
  ['01a200e3-e99d-7000-ba9c-f25bf2ddbf0a', true],
  ['01A200E3-E99D-7000-BA9C-F25BF2DDBF0A', true],
  ['01a200e3e99d7000ba9cf25bf2ddbf0a', false],
  ["01a200e3-e99d-7000-ba9c-f25bf2ddbf0a'", false],
  ['', false],
] as const)('isUuid(%s) is %s', ([text, expected]) => {
  expect(isUuid(text)).toBe(expected);
});
