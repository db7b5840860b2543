import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../src/scim/json.ts';

const long = 'x'.repeat(140_000);
const parse = (text: string) => parseJson(Buffer.from(text));

test('any JSON is what JSON.parse makes of it, whatever slices it falls into', async () => {
  const filler = fc.constantFrom('y', long);
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      filler,
      fc.array(tie('any')),
      fc.dictionary(fc.string(), tie('any')),
    ),
  })).any;
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 5 }), fc.constantFrom(undefined, 1), async (list, indent) => {
      const text = JSON.stringify({ list, long, more: list, 'key "\\': long }, null, indent);
      expect(await parse(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 150 },
  );
});

test('members by the thousand keep their order, the last of equal keys counts, and __proto__ is a key', async () => {
  const keys = Array.from({ length: 9_000 }, (_, index) => `"k${index % 6_000}":${index}`).join(',');
  const text = `{${keys},"__proto__":{"polluted":1},"big":{"__proto__":["${long}"]}}`;
  const [ours, theirs] = [await parse(text), JSON.parse(text)] as Record<string, unknown>[];
  expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test.for([
  ['a comma too many', `["${long}",]`],
  ['a comma first', `[,"${long}"]`],
  ['two commas', `["${long}",,"${long}"]`],
  ['no comma', `["${long}" "${long}"]`],
  ['another bracket', `["${long}"}`],
  ['crossed brackets', `[{"a":["${long}"}]]`],
  ['something after it', `["${long}"] 1`],
  ['no end', `["${long}"`],
  ['a string without an end', `["${long}]`],
  ['a key without quotes', `{a:"${long}"}`],
  ['no colon', `{"a" "${long}"}`],
  ['no value', `{"a":,"b":"${long}"}`],
  ['a word', `[nope,"${long}"]`],
  ['one bracket too many', `["${long}"]]`],
  ['nothing but letters', long],
] as const)('%s is no JSON', async ([, text]) => {
  await expect(parse(text)).rejects.toThrow(SyntaxError);
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
});

test('a list of more values than any group has members is refused', async () => {
  await expect(parse(`[${'1,'.repeat(1_200_000)}1]`)).rejects.toThrow('too many values');
  expect(await parse(`[${'1,'.repeat(900_000)}1]`)).toHaveLength(900_001);
});

test('an empty list of many spaces is empty; a large text without end of brackets is refused early', async () => {
  expect(await parse(`[${' '.repeat(200_000)}]`)).toEqual([]);
  await expect(parse('['.repeat(200_000) + ']'.repeat(200_000))).rejects.toThrow('nested too deep');
});
