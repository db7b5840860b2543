import { expect, test } from 'vitest';
import type { Filter } from '../../src/model/filter.ts';
import { ScimError } from '../../src/scim/error.ts';
import { parseFilter } from '../../src/scim/filter/parse.ts';

/** A filter in full parentheses, so that a row shows how it was grouped. */
function grouped(filter: Filter): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return `(${grouped(filter.left)} ${filter.op} ${grouped(filter.right)})`;
    case 'not':
      return `not ${grouped(filter.filter)}`;
    case 'has':
      return `${filter.path}[${grouped(filter.filter)}]`;
    case 'pr':
      return `${filter.path} pr`;
    default:
      return `${filter.path} ${filter.op} ${JSON.stringify(filter.value)}`;
  }
}

const strict = { tolerant: false };

test.for([
  { name: 'a comparison', text: 'userName eq "bjensen"', as: 'userName eq "bjensen"' },
  { name: 'operators in any letter case', text: 'userName Eq "x" AND title PR', as: '(userName eq "x" and title pr)' },
  { name: 'doubled spaces', text: '  a   eq   "x"  ', as: 'a eq "x"' },
  {
    name: 'true, false and null in any letter case',
    text: 'a eq True or b eq FALSE or c eq null',
    as: '((a eq true or b eq false) or c eq null)',
  },
  { name: 'numbers', text: 'a gt -1.5e2 and b eq 0', as: '(a gt -150 and b eq 0)' },
  { name: 'escapes in strings', text: String.raw`a eq "q\" b\\ \u00e9 \n"`, as: String.raw`a eq "q\" b\\ é \n"` },
  { name: 'any characters', text: 'a eq "Żółć 😀"', as: 'a eq "Żółć 😀"' },
  { name: 'and before or', text: 'a pr or b pr and c pr', as: '(a pr or (b pr and c pr))' },
  { name: 'and from the left', text: 'a pr and b pr and c pr', as: '((a pr and b pr) and c pr)' },
  { name: 'parentheses', text: '(a pr or b pr) and c pr', as: '((a pr or b pr) and c pr)' },
  { name: 'nested parentheses', text: '((a pr))', as: 'a pr' },
  { name: 'not before and', text: 'not (a pr) and b pr', as: '(not a pr and b pr)' },
  { name: 'not without a space', text: 'NOT(a pr)', as: 'not a pr' },
  {
    name: 'brackets',
    text: 'emails[type eq "work" and value co "@x"]',
    as: 'emails[(type eq "work" and value co "@x")]',
  },
  { name: 'brackets with not and or', text: 'emails[not (a pr) or b pr]', as: 'emails[(not a pr or b pr)]' },
  {
    name: 'a URN',
    text: 'urn:ietf:params:scim:schemas:core:2.0:User:name.givenName sw "J"',
    as: 'urn:ietf:params:scim:schemas:core:2.0:User:name.givenName sw "J"',
  },
  { name: 'a reference', text: 'manager.$ref eq "x"', as: 'manager.$ref eq "x"' },
  { name: 'an attribute named like an operator', text: 'not eq "x" and and pr', as: '(not eq "x" and and pr)' },
])('$name', ({ text, as }) => {
  for (const options of [strict, { tolerant: true }]) expect(grouped(parseFilter(text, options))).toBe(as);
});

test('a sub-attribute after brackets is one more condition on the same element, when tolerant (C14)', () => {
  const text = 'emails[type eq "work"].value eq "a@b" and active eq true';
  const as = '(emails[(type eq "work" and value eq "a@b")] and active eq true)';
  expect(grouped(parseFilter(text, { tolerant: true }))).toBe(as);
  expect(() => parseFilter(text, strict)).toThrow(ScimError);
});

test.for([
  { name: 'nothing', text: '', at: 1 },
  { name: 'spaces', text: '   ', at: 4 },
  { name: 'no operator', text: 'userName', at: 9 },
  { name: 'an unknown operator', text: 'userName is "x"', at: 10 },
  { name: 'no value', text: 'userName eq', at: 12 },
  { name: 'a value without quotes', text: 'userName eq x', at: 13 },
  { name: 'single quotes', text: `userName eq 'x'`, at: 13 },
  { name: 'an unclosed string', text: 'userName eq "x', at: 13 },
  { name: 'a bad escape', text: String.raw`userName eq "\x41"`, at: 13 },
  { name: 'a line break in a string', text: 'userName eq "a\nb"', at: 13 },
  { name: 'an attribute that begins with a digit', text: '1abc eq "x"', at: 1 },
  { name: 'a number with a leading zero', text: 'a eq 007', at: 6 },
  { name: 'a dangling and', text: 'a pr and', at: 9 },
  { name: 'two filters', text: 'a pr b pr', at: 6 },
  { name: 'a value after pr', text: 'a pr "x"', at: 6 },
  { name: 'an unclosed parenthesis', text: '(a pr', at: 6 },
  { name: 'one parenthesis too many', text: 'a pr)', at: 5 },
  { name: 'not without parentheses', text: 'not a pr', at: 5 },
  { name: 'empty parentheses', text: '()', at: 2 },
  { name: 'empty brackets', text: 'emails[]', at: 8 },
  { name: 'brackets in brackets', text: 'a[b[c pr]]', at: 3 },
  { name: 'an unclosed bracket', text: 'a[b pr', at: 7 },
  { name: 'NUL', text: String.raw`a eq "\u0000"`, at: 6 },
  { name: 'half a character', text: String.raw`a eq "\ud800"`, at: 6 },
  { name: 'a number beyond all numbers', text: 'a eq 1e999', at: 6 },
  { name: 'nesting without end', text: `${'('.repeat(100)}a pr${')'.repeat(100)}`, at: 51 },
  { name: 'a very long text', text: 'a'.repeat(8_001), at: 1 },
])('$name is invalidFilter at position $at', ({ text, at }) => {
  for (const options of [strict, { tolerant: true }]) {
    const refused = expect.objectContaining({ status: 400, scimType: 'invalidFilter' });
    expect(() => parseFilter(text, options)).toThrow(refused);
    expect(() => parseFilter(text, options)).toThrow(`at position ${at}:`);
  }
});
