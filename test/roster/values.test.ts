import { expect, test } from 'vitest';
import type { DateFormat } from '../../src/roster/profile.ts';
import { dayOf } from '../../src/roster/read/date.ts';
import { languageOf } from '../../src/roster/read/language.ts';
import { phoneOf } from '../../src/roster/read/phone.ts';

const ISO: DateFormat = 'YYYY-MM-DD';
test.for<[text: string, format: DateFormat, day: string | undefined | null]>([
  ['2024-02-29', ISO, '2024-02-29'],
  ['2023-02-29', ISO, null],
  ['1900-02-29', ISO, null],
  ['2024-2-9', ISO, '2024-02-09'],
  ['2024-02-29T00:00:00', ISO, '2024-02-29'],
  ['2024-02-29 00:00:00.000', ISO, '2024-02-29'],
  ['2024-02-29T23:00:00Z', ISO, null],
  ['2024-13-01', ISO, null],
  ['24-01-01', ISO, null],
  ['29.2.2024', 'DD.MM.YYYY', '2024-02-29'],
  ['29. 02. 2024', 'DD.MM.YYYY', '2024-02-29'],
  ['30.02.2024', 'DD.MM.YYYY', null],
  ['00.00.0000', 'DD.MM.YYYY', undefined],
  ['31.12.9999', 'DD.MM.YYYY', undefined],
  ['2024-02-29', 'DD.MM.YYYY', null],
  ['02/29/2024', 'MM/DD/YYYY', '2024-02-29'],
  ['29/02/2024', 'MM/DD/YYYY', null],
  ['29/02/2024', 'DD/MM/YYYY', '2024-02-29'],
  ['1', 'excel', '1900-01-01'],
  ['59', 'excel', '1900-02-28'],
  ['60', 'excel', null],
  ['61', 'excel', '1900-03-01'],
  ['45351', 'excel', '2024-02-29'],
  ['45351.0', 'excel', '2024-02-29'],
  ['45351.5', 'excel', null],
  ['9999999', 'excel', null],
])('S44: the day %s as %s is %s', ([text, format, day]) => {
  expect(dayOf(text, format)).toBe(day);
});

test.for<[text: string, country: string | undefined, number: string | null]>([
  ['0151 12345678', 'DE', '+4915112345678'],
  ['+49 (0)89 12345-67', 'DE', '+49891234567'],
  ['0049 89 123456', 'DE', '+4989123456'],
  ['02 1234 5678', 'IT', '+390212345678'],
  ['(415) 555-2671', 'US', '+14155552671'],
  ['+1 415 555 2671 ext. 12', undefined, '+14155552671;ext=12'],
  ['0151 12345678', undefined, null],
  ['12', 'DE', null],
  ['n/a', 'DE', null],
])('the telephone number %s in %s is %s', ([text, country, number]) => {
  expect(phoneOf(text, country)).toBe(number);
});

test.for<[text: string, language: string | null]>([
  ['de', 'de'],
  ['DE', 'de'],
  ['de_AT', 'de-AT'],
  ['Deutsch', 'de'],
  ['German', 'de'],
  ['français', 'fr'],
  ['Vertrieb', null],
  ['', null],
])('the language "%s" is %s', ([text, language]) => {
  expect(languageOf(text)).toBe(language);
});
