import { expect, test } from 'vitest';
import { nearMisses } from '../../src/plan/near-miss.ts';

const names = ['Sales', 'Supply Chain', 'Finance', '102', '103', 'HR'];
test.for([
  { name: 'another letter case', value: 'SALES', near: ['Sales'] },
  { name: 'other blanks', value: ' SupplyChain ', near: ['Supply Chain'] },
  { name: 'a letter too few', value: 'Finace', near: ['Finance'] },
  { name: 'two letters exchanged', value: 'Slaes', near: ['Sales'] },
  { name: 'three letters away', value: 'Financing', near: [] },
  { name: 'a number next door', value: '104', near: ['102', '103'] },
  { name: 'a short word that is another', value: 'IT', near: [] },
  { name: 'nothing like it', value: 'Purchasing', near: [] },
  { name: 'the nearest first', value: '1022', near: ['102'] },
])('S81: near to $name', ({ value, near }) => {
  expect(nearMisses(value, names)).toEqual(near);
});

test('a very long value is compared with nothing', () => {
  expect(nearMisses('x'.repeat(100_000), ['x'.repeat(100_001)])).toEqual([]);
});
