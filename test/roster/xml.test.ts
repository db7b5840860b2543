import { describe, expect, test } from 'vitest';
import { parseProfile } from '../../src/roster/profile.ts';
import { readPositions } from '../../src/roster/read/positions.ts';
import { collected, fixture, peopleOf, readAll, recordsOf, refusal, rejectsOf, streamOf } from './reading.ts';

describe('S41: an XML employee file is read', () => {
  test.for([
    { name: 'with character references and CDATA', file: 'entities.xml', familyName: 'Müller & Größ <<&>' },
    { name: 'in the encoding that it declares', file: 'latin-1.xml', familyName: 'Müller', encoding: 'iso-8859-1' },
    { name: 'with a prefix', file: 'prefixed.xml', familyName: 'Müller' },
    { name: 'in UTF-16', file: 'utf-16.xml', familyName: 'Müller', encoding: 'utf-16le' },
    { name: 'with names that every object has', file: 'proto.xml', familyName: 'Müller' },
  ])('$name', async ({ file, familyName, encoding = 'utf-8' }) => {
    const read = await readAll(fixture(file));
    expect(read.shape).toMatchObject({ format: 'xml', delimiter: null, encoding });
    expect(peopleOf(read).map(({ resource }) => resource['name'])).toEqual([{ familyName }]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('in pieces of one byte', async () => {
    const text =
      '<employees><employee><a x="1">ü<b>2</b></a><a>3</a><attribute name="c d">4</attribute></employee></employees>';
    const [record] = await recordsOf(streamOf(text, 1));
    expect(record?.columns).toEqual(['a@x', 'a/b', 'a', 'c d']);
    expect(record?.values).toEqual(['1', '2', '3', '4']);
  });

  test('a group comes as often as there are groups, anything else once', async () => {
    const employee = (inner: string) =>
      `<employees><employee><employeeNumber>1</employeeNumber><email>a@example.com</email>${inner}</employee></employees>`;
    const groups = await readAll(employee('<familyName>A</familyName><group>X</group><group>Y|Z</group>'));
    expect(peopleOf(groups)[0]?.groups).toEqual(['X', 'Y', 'Z']);
    const twice = await readAll(employee('<familyName>A</familyName><familyName>B</familyName>'));
    expect(rejectsOf(twice)).toEqual(['1 familyName wrong_number_of_columns']);
  });

  test('a row is told by its position among the rows', async () => {
    const read = await readAll('<employees><employee/><employee/></employees>');
    expect(rejectsOf(read).filter((line) => line.endsWith('missing_key'))).toEqual([
      '1 employeeNumber missing_key',
      '2 employeeNumber missing_key',
    ]);
  });

  test('nobody at all is a file of nobody', async () => {
    expect(await readAll('<employees/>')).toMatchObject({ shape: { headers: [] }, items: [] });
  });
});

describe('S41: an XML that is hostile or broken is refused as a whole', () => {
  test.for([
    { file: 'duplicate-attribute.xml', words: /^line 1, column \d+: .*duplicate attribute/ },
    { file: 'two-roots.xml', words: /only one root/ },
    { file: 'text-after-root.xml', words: /text data outside of root/ },
    { file: 'nul.xml', words: /NUL byte/ },
    { file: 'undefined-entity.xml', words: /undefined entity/ },
    { file: 'billion-laughs.xml', words: /document type .* refused: leave it out/ },
    { file: 'external-entity.xml', words: /document type/ },
    { file: 'deep.xml', words: /nested more than 16 deep/ },
    { file: 'cut-off.xml', words: /unclosed tag|unexpected end/ },
    { file: 'control-character.xml', words: /disallowed character/ },
    { file: 'other-root.xml', words: /no <employee> in the file, whose root is <orders>/ },
  ])('$file', async ({ file, words }) => {
    expect(await refusal(readAll(fixture(file)))).toMatch(words);
  });

  const limits = { rowLength: 1_000, columns: 5 };
  test.for([
    {
      name: 'a row without end',
      content: `<employees><employee><a>${'x'.repeat(5_000)}`,
      words: /more than 1000 characters/,
    },
    {
      name: 'a document type without end',
      content: `<!DOCTYPE a [${' '.repeat(5_000)}`,
      words: /more than 1000 characters/,
    },
    {
      name: 'a row of too many elements',
      content: `<employees><employee>${'<a/>'.repeat(6)}`,
      words: /more than 5 elements/,
    },
    {
      name: 'an encoding that is not read',
      content: '<?xml version="1.0" encoding="UTF-32"?><employees/>',
      words: /declares the encoding "utf-32"/,
    },
    {
      name: 'an encoding that nobody knows',
      content: '<?xml version="1.0" encoding="x-secret"?><employees/>',
      words: /declares the encoding "x-secret", which cannot be read/,
    },
  ])('$name', async ({ content, words }) => {
    expect(await refusal(recordsOf(content, { limits }))).toMatch(words);
  });
});

describe('S42: a position file', () => {
  const read = async (content: string) => {
    const { items, shape } = readPositions(streamOf(content), parseProfile({}));
    return { items: await collected(items), shape: await shape };
  };
  const boss = {
    kind: 'position',
    position: { line: 1, id: 'p-1', title: 'Leitung', parent: null, orgUnit: 'Einkauf' },
  };

  test('XML and CSV say the same', async () => {
    const xml =
      '<positions><position><id>P-1</id><title>Leitung</title><orgUnit>Einkauf</orgUnit></position></positions>';
    expect((await read(xml)).items).toEqual([boss]);
    const csv = await read('Planstelle;Bezeichnung;Parent;Organisationseinheit\nP-1;Leitung;;Einkauf');
    expect(csv.items).toEqual([{ ...boss, position: { ...boss.position, line: 2 } }]);
  });

  test('a position without id is rejected, the others are taken', async () => {
    const { items } = await read('id,title,parent\n,Nobody,P-1\nP-2,Einkäufer,P-1');
    expect(items).toMatchObject([
      { kind: 'rejected', rejects: [{ line: 2, column: 'id', code: 'missing_key' }] },
      { kind: 'position', position: { id: 'p-2', parent: 'p-1' } },
    ]);
  });

  test('a file of employees in its place is refused', async () => {
    expect(await refusal(read('<employees><employee/></employees>'))).toMatch(/no <position> in the file/);
    expect(await refusal(read('name,email\nA,a@example.com'))).toMatch(/no column "id"/);
  });

  test('an employee whose position is not among them is rejected', async () => {
    const positions = new Set(['p-1']);
    const file = 'employeeNumber,email,familyName,position\n1,a@example.com,A,P-1\n2,b@example.com,B,P-9';
    const roster = await readAll(file, {}, { positions });
    expect(peopleOf(roster).map(({ key, position }) => [key, position])).toEqual([['1', 'p-1']]);
    expect(rejectsOf(roster)).toEqual(['3 position unknown_position']);
  });
});
