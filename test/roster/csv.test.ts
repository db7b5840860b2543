import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fixture, peopleOf, readAll, recordsOf, refusal, rejectsOf, streamOf } from './reading.ts';

const JOERG = { externalId: '1', userName: 'joerg@example.com', name: { givenName: 'Jörg', familyName: 'Müller' } };

test.for([
  { name: 'with a byte order mark', file: 'bom.csv', delimiter: ';', encoding: 'utf-8' },
  { name: 'with semicolons', file: 'semicolon.csv', delimiter: ';', encoding: 'utf-8' },
  { name: 'with tabs', file: 'tab.csv', delimiter: '\t', encoding: 'utf-8' },
  { name: 'with bars', file: 'pipe.csv', delimiter: '|', encoding: 'utf-8' },
  { name: 'with the line ends of old machines', file: 'cr-only.csv', delimiter: ',', encoding: 'utf-8' },
  { name: 'in UTF-16, little end first', file: 'utf-16le.csv', delimiter: ';', encoding: 'utf-16le' },
  { name: 'in UTF-16, big end first', file: 'utf-16be.csv', delimiter: ';', encoding: 'utf-16be' },
  { name: 'with the first line that Excel writes', file: 'excel-sep.csv', delimiter: ';', encoding: 'utf-8' },
])('S44: a CSV $name is read', async ({ file, delimiter, encoding }) => {
  const read = await readAll(fixture(file));
  expect(read.shape).toMatchObject({ format: 'csv', delimiter, encoding });
  expect(read.shape.headers).toEqual(['employeeNumber', 'email', 'givenName', 'familyName', 'department']);
  expect(peopleOf(read).map(({ resource }) => resource)).toEqual([expect.objectContaining(JOERG)]);
});

test('S44: doubled quotes and a delimiter in quotes belong to the value', async () => {
  const [record] = await recordsOf(fixture('doubled-quotes.csv'));
  expect(record?.values).toEqual(['1', 'joerg@example.com', 'Jörg "Jogi"', 'Müller', 'Einkauf, Süd']);
});

test('S44: a line end in quotes belongs to the value, and lines are counted on', async () => {
  const read = await readAll(fixture('quoted-newlines.csv'));
  expect(peopleOf(read)[0]?.line).toBe(2);
  expect(rejectsOf(read)).toEqual(['4 - wrong_number_of_columns']);
});

describe('encodings are never guessed', () => {
  const profile = { encoding: 'windows-1252' } as const;

  test('S44: windows-1252 is read where the profile says so, with – and €', async () => {
    const [record] = await recordsOf(fixture('windows-1252.csv'), profile);
    expect(record?.values.slice(3)).toEqual(['Müller – Größ', '€-Einkauf']);
  });

  test('S44: without the profile it is refused, with the line and a way out', async () => {
    expect(await refusal(recordsOf(fixture('windows-1252.csv')))).toBe(
      'line 2: "J�rg" is not UTF-8: save the file as UTF-8, or name its encoding in the profile, like encoding: windows-1252',
    );
  });

  test('S44: what is UTF-8 all the same is read as UTF-8', async () => {
    const [record] = await recordsOf(fixture('semicolon.csv'), profile);
    expect(record?.values).toContain('Müller');
  });

  test('S44: the first letter beyond ASCII may come late', async () => {
    const long = Array.from({ length: 20_000 }, (_, index) => `${index};x`).join('\n');
    const bytes = Buffer.concat([Buffer.from(`a;b\n${long}\n1;M`), Buffer.from([0xfc])]);
    expect((await recordsOf(bytes, profile)).at(-1)?.values).toEqual(['1', 'Mü']);
    expect((await recordsOf(`a;b\n${long}\n1;Mü`, profile)).at(-1)?.values).toEqual(['1', 'Mü']);
    expect(await refusal(recordsOf(bytes))).toMatch(/^line 20002: "M�" is not UTF-8/);
  });

  test('S44: a letter that two pieces of the upload share is read', async () => {
    const [record] = await recordsOf(streamOf('a;b\n1;ü日本語😀', 1));
    expect(record?.values).toEqual(['1', 'ü日本語😀']);
  });

  test('S44: a letter that is cut off at the end is refused', async () => {
    const bytes = Buffer.from('a;b\n1;ü');
    expect(await refusal(recordsOf(bytes.subarray(0, -1)))).toMatch(/^line 2: .* is not UTF-8/);
  });
});

test('S38: rows with too few or too many columns are rejected, and the others are taken', async () => {
  const read = await readAll(fixture('ragged.csv'));
  expect(rejectsOf(read)).toEqual(['2 - wrong_number_of_columns', '4 - wrong_number_of_columns']);
  expect(peopleOf(read).map(({ key }) => key)).toEqual(['2', '4']);
});

test('S38: a wrong quote costs one row, also one that is never closed', async () => {
  const read = await readAll(fixture('stray-quotes.csv'));
  expect(rejectsOf(read)).toEqual(['2 - unreadable_text', '3 - unreadable_text', '4 - unreadable_text']);
  expect(peopleOf(read).map(({ key }) => key)).toEqual(['4']);
});

test('rows without any value are passed over, and lines are counted on', async () => {
  const records = await recordsOf('a,b\n\n , \n1,2\n\n');
  expect(records.map(({ line, values }) => [line, ...values])).toEqual([[4, '1', '2']]);
});

test('S44: headers are found whatever their case, blanks and punctuation; unknown ones are named', async () => {
  const read = await readAll('EMPLOYEE-NUMBER;E-Mail;Family Name;Shoe size\n7;a@example.com;Ames;42', {
    columns: { 'Employee number': 'employeeNumber', eMail: 'email', familyName: 'familyName', Title: 'title' },
  });
  expect(read.shape).toMatchObject({ ignored: ['Shoe size'], missing: ['Title'] });
  expect(peopleOf(read).map(({ key }) => key)).toEqual(['7']);
});

describe('what is wrong with the whole file refuses it, and says how to mend it', () => {
  test.for([
    {
      name: 'two headers that are alike',
      file: 'duplicate-headers.csv',
      words: /"E-Mail" and "e mail" are alike \(columns 2 and 4\)/,
    },
    { name: 'a NUL byte', file: 'nul.csv', words: /^line 2: there is a NUL byte: save the file as UTF-8/ },
  ])('S44: $name', async ({ file, words }) => {
    expect(await refusal(readAll(fixture(file)))).toMatch(words);
  });

  test.for([
    { name: 'an empty file', content: '', words: /empty/ },
    { name: 'an empty file in gzip', content: gzipSync(''), words: /empty/ },
    { name: 'blank lines alone', content: '\n\n\n', words: /no line of headers/ },
    {
      name: 'no column for the key',
      content: 'a;b\n1;2',
      words: /no column "employeeNumber".*"a", "b".*";" as delimiter/,
    },
    { name: 'an Excel workbook', content: 'PK\x03\x04', words: /Excel workbook: save it as CSV/ },
    {
      name: 'a quote that swallows the headers',
      content: '"a;b\n1;2',
      words: /^line 1: the headers cannot be read: a quote/,
    },
  ])('$name', async ({ content, words }) => {
    expect(await refusal(readAll(content))).toMatch(words);
  });

  const limits = { bytes: 1_000, rowLength: 100, columns: 5 };
  test.for([
    { name: 'more bytes', content: `a;b\n${'1;2\n'.repeat(500)}`, words: /more than 1000 bytes/ },
    {
      name: 'more bytes once unpacked',
      content: gzipSync(`a;b\n${'1;2\n'.repeat(500)}`),
      words: /more than 1000 bytes/,
    },
    { name: 'a longer row', content: `a;b\n1;${'x'.repeat(101)}\n`, words: /^line 2: the row is longer than 100/ },
    { name: 'more columns', content: 'a;b;c;d;e;f\n', words: /^line 1: there are 6 columns; 5 at most/ },
  ])('$name than is allowed', async ({ content, words }) => {
    expect(await refusal(recordsOf(content, { limits }))).toMatch(words);
  });

  test('gzip is unpacked, and one that is cut off is no file', async () => {
    const packed = gzipSync('a;b\n1;2\n');
    expect((await recordsOf(packed)).map(({ values }) => values)).toEqual([['1', '2']]);
    expect(await refusal(recordsOf(packed.subarray(0, -6)))).toMatch(/gzip file is damaged or cut off/);
  });

  test('an upload that breaks off is no file, though its rows were whole', async () => {
    const stream = streamOf('a;b\n1;2\n'.repeat(50_000), 1_000);
    const reading = recordsOf(stream);
    stream.once('data', () => stream.destroy());
    expect(await refusal(reading)).toMatch(/broke off before the file was complete/);
  });
});

test('who stops reading leaves the stream destroyed', async () => {
  const stream = streamOf(`employeeNumber;email;familyName\n${'1;a@example.com;A\n'.repeat(50_000)}`, 1_000);
  const { readRoster } = await import('../../src/roster/read/roster.ts');
  const { parseProfile } = await import('../../src/roster/profile.ts');
  for await (const item of readRoster(stream, parseProfile({})).items) {
    expect(item.kind).toBe('row');
    break;
  }
  expect(stream.destroyed).toBe(true);
});
