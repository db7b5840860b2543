import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { peopleOf, readAll, recordsOf, refusal, rejectsOf, streamOf } from './reading.ts';

const ada = { employeeNumber: 1, email: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace' };

describe('a roster as JSON', () => {
  test('rows are read as columns with paths; lists repeat their column, numbers stay as they are written', async () => {
    const text =
      '[{"id":9007199254740993,"name":{"first":"Zoë \\"Z\\""},"active":true,"group":["A","B"],"title":null}]';
    expect(await recordsOf(text)).toMatchObject([
      {
        line: 1,
        columns: ['id', 'name/first', 'active', 'group', 'group'],
        values: ['9007199254740993', 'Zoë "Z"', 'true', 'A', 'B'],
      },
    ]);
  });

  test('S44: people are found where the profile says, and read by its columns', async () => {
    const text = JSON.stringify({
      meta: { employees: 'not these', list: [[1]] },
      data: { employees: [{ no: '0042', mail: 'ada@example.com', name: { last: 'Lovelace' } }] },
    });
    const columns = { no: 'employeeNumber', mail: 'email', 'name/last': 'familyName' } as const;
    const read = await readAll(text, { rows: 'data/employees', columns });
    expect(read.shape).toMatchObject({ format: 'json', headers: ['no', 'mail', 'name/last'] });
    expect(peopleOf(read)).toMatchObject([{ key: '0042', resource: { name: { familyName: 'Lovelace' } } }]);
  });

  test('in our own format, with groups', async () => {
    const read = await readAll(
      JSON.stringify([
        { ...ada, group: ['All', 'Sales'] },
        { ...ada, employeeNumber: 2, email: 'x' },
      ]),
    );
    expect(peopleOf(read)).toMatchObject([{ key: '1', groups: ['All', 'Sales'] }]);
    expect(rejectsOf(read)).toEqual(['2 email invalid_email']);
  });

  test.for([
    { name: 'cut off between two rows', text: '[{"a":1},', words: /cut off/ },
    { name: 'cut off in a row', text: '[{"a":1},{"b', words: /cut off/ },
    { name: 'cut off behind the rows', text: '{"rows":[{"a":1}]', words: /cut off/ },
    { name: 'a comma too many', text: '[{"a":1},]', words: /row 2.*nothing/ },
    { name: 'a row that is none', text: '[{"a":1},"b"]', words: /row 2.*no JSON object: "b"/ },
    { name: 'a row that is not well-formed', text: '[{"a":01}]', words: /row 1/ },
    { name: 'something behind its end', text: '[{"a":1}] x', words: /not well-formed/ },
    { name: 'a mistake outside of the rows', text: '{"x" 1,"rows":[{"a":1}]}', words: /not well-formed/ },
    { name: 'a brace too many', text: '[{"a":1}}]', words: /not well-formed|cut off/ },
    { name: 'no list', text: '{"data":[{"a":1}]}', words: /there is no list "rows"/ },
    { name: 'null instead of a list', text: '{"rows":null}', words: /there is no list "rows"/ },
    { name: 'two lists', text: '{"rows":[],"rows":[]}', words: /two lists/ },
    { name: 'rows that are too deep', text: `[${'{"a":'.repeat(40)}1${'}'.repeat(40)}]`, words: /deep/ },
  ])('is refused as a whole with $name', async ({ text, words }) => {
    const rows = text.includes('"rows"') || text.includes('"data"') ? 'rows' : '';
    expect(await refusal(recordsOf(text, { rows }))).toMatch(words);
  });

  test('however it is cut into pieces, and however large, what comes out is what was put in', async () => {
    const row = fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
    const rows = fc.array(row, { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 0, max: 3 }), fc.string(), async (people, indent, other) => {
        const text = JSON.stringify({ other, more: [{ other }], a: { b: people } }, null, indent);
        if (text.includes('\\u0000')) return;
        const filler = ' '.repeat(65_536 - Math.floor(text.length / 2)); // the middle of it is between two blocks
        const read = await recordsOf(streamOf(`{${filler}${text.slice(1)}`, 1_000), { rows: 'a/b' });
        const wanted = people.map((person) => Object.entries(person).map(([name, value]) => [name, String(value)]));
        expect(read.map(({ columns, values }) => columns.map((column, at) => [column, values[at]]))).toEqual(wanted);
      }),
      { numRuns: 100 },
    );
  });
});
