import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { csvRecordAt } from '../../src/roster/read/csv-record.ts';
import { recordsOf, streamOf } from './reading.ts';

const DELIMITERS = [',', ';', '\t', '|'];
const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'gb18030'] as const;
const ENDS = ['\n', '\r\n', '\r'];

// what windows-1252 has, too, so that one set of rows fits every encoding
const letter = fc.constantFrom(...'abcXYZ019 äöüß€–,;|\t"\n\r\'=+-.');
const value = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(''));
// a row without any value is passed over; the first value keeps it
const row = fc.tuple(fc.constantFrom('1', 'ü', '"x"'), value, value).map((cells) => [...cells]);

function written(rows: readonly string[][], delimiter: string, end: string, quoteAll: boolean): string {
  const cell = (text: string) => (quoteAll || /["\r\n,;|\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((cells) => cells.map(cell).join(delimiter) + end).join('');
}

test('S44: whatever a plain writer wrote comes back, with any delimiter, quotes, line ends, encoding and pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 20 }),
      fc.constantFrom(...DELIMITERS),
      fc.constantFrom(...ENDS),
      fc.constantFrom(...ENCODINGS),
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
      async (rows, delimiter, end, encoding, quoteAll, size) => {
        const text = written([['one', 'two', 'three'], ...rows], delimiter, end, quoteAll);
        const bytes = iconv.encode(text, encoding, { addBOM: encoding.startsWith('utf-16') });
        // a short text in GB 18030 may be valid UTF-8 by chance; the profile cannot help there
        fc.pre(encoding !== 'gb18030' || !isUtf8Text(bytes, text));
        const read = await recordsOf(streamOf(bytes, size), { encoding, delimiter });
        expect(read.map(({ values }) => values)).toEqual(rows);
        expect(read.every(({ problem }) => problem === null)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('the delimiter is recognised where the rows show it', async () => {
  const word = fc.constantFrom('a', 'bc', 'Müller', 'x y', '');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constant('1'), word, word), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(...DELIMITERS),
      async (rows, delimiter) => {
        const text = written([['one', 'two', 'three'], ...rows], delimiter, '\n', false);
        expect((await recordsOf(text)).map(({ values }) => values)).toEqual(rows);
      },
    ),
  );
});

test('csv-parse reads the same from whatever it takes', () => {
  const noise = fc.array(fc.constantFrom('a', '1', ',', ',', '"', '""', '\n', '\n', ' ', 'ü'), { maxLength: 40 });
  fc.assert(
    fc.property(noise, (parts) => {
      const text = parts.join('');
      const theirs = secondOpinion(text);
      fc.pre(theirs !== null);
      expect(allRecords(text)).toEqual(theirs);
    }),
    { numRuns: 2_000 },
  );
});

function isUtf8Text(bytes: Buffer, text: string): boolean {
  return bytes.toString('utf8') !== text && !bytes.toString('utf8').includes('\ufffd');
}

function secondOpinion(text: string): string[][] | null {
  try {
    return parse(text, { relax_column_count: true, record_delimiter: '\n' });
  } catch {
    return null;
  }
}

function allRecords(text: string): (readonly string[])[] {
  const records: (readonly string[])[] = [];
  for (let at = 0; at < text.length; ) {
    const record = csvRecordAt(text, at, ',', true, { rowLength: 1_000 });
    if (!record) break;
    records.push(record.problem === null ? record.values : [record.problem]);
    at = record.end;
  }
  return records;
}
