import { expect, test } from 'vitest';
import { cut, pad, printable, widthOf } from '../../src/cli/text-width.ts';

test.for([
  ['', 0],
  ['Ada', 3],
  ['中村', 4],
  ['김', 2],
  ['Zoë', 3],
  ['Zoe\u0308', 3],
  ['שלום', 4],
  ['👍', 2],
] as const)('%s takes %i columns', ([text, columns]) => {
  expect(widthOf(text)).toBe(columns);
});

test.for([
  ['Ada', 3, 'Ada'],
  ['Ada L', 4, 'Ada…'],
  ['中村美咲', 4, '中…'],
  ['Ada', 1, '…'],
  ['Ada', 0, ''],
] as const)('%s cut to %i columns', ([text, columns, expected]) => {
  expect(cut(text, columns)).toBe(expected);
});

test('text is filled by columns, not letters', () => {
  expect(pad('中', 4)).toBe('中  ');
  expect(pad('long', 2)).toBe('long');
});

test('control characters are not printed', () => {
  expect(printable('a\u001b[31m\u0007\u009b')).toBe('a\ufffd[31m\ufffd\ufffd');
});
