import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harmless, original } from '../../src/roster/error-columns.ts';
import { csvErrorFile, jsonErrorFile, type RejectedRow, xmlErrorFile } from '../../src/roster/error-file.ts';
import { REJECT_WORDS } from '../../src/roster/reject-words.ts';
import { REJECT_CODES } from '../../src/roster/row.ts';
import { collected, peopleOf, type Read, readAll, rejectsOf } from './reading.ts';

const FILE = `employeeNumber;email;familyName;phone;note
1;ada@example.com;Ames;;fine
2;;Berg;+49 89 123456;"=HYPERLINK(""http://example.com"")"
3;cy;Cole;;"two
lines"
`;
const rejectedOf = ({ items }: Read): RejectedRow[] =>
  items.flatMap((item) => (item.kind === 'rejected' ? [item] : []));
const textOf = async (file: AsyncIterable<string>) => (await collected(file)).join('');

describe('S38: the error file', () => {
  test('as CSV has the rows that were not taken, and what is wrong with them', async () => {
    const read = await readAll(FILE);
    const file = await textOf(csvErrorFile(rejectedOf(read), read.shape.headers, ';'));
    const lines = file.split('\r\n');
    expect(lines[0]).toMatch(/^\ufeffemployeeNumber;email;familyName;phone;note;gangway_row;/);
    expect(lines[1]).toContain(`2;;Berg;'+49 89 123456;"'=HYPERLINK(""http://example.com"")";3;email;missing_email;;`);
    expect(lines[1]).toContain('There is no e-mail address.');
    expect(lines[1]).toContain('Die E-Mail-Adresse fehlt.');
    expect(file).not.toContain('Ames');
  });

  test('as CSV, mended, is a roster again, and formulas are as they were', async () => {
    const read = await readAll(FILE);
    const file = await textOf(csvErrorFile(rejectedOf(read), read.shape.headers, ';'));
    const again = await readAll(file.replace('2;;Berg', '2;bo@example.com;Berg').replace('3;cy;', '3;cy@example.com;'));
    expect(rejectsOf(again)).toEqual([]);
    expect(again.shape).toMatchObject({ headers: read.shape.headers, ignored: ['note'] });
    expect(peopleOf(again)[0]?.resource['phoneNumbers']).toEqual([{ value: '+4989123456', type: 'work' }]);
    const unmended = await readAll(file);
    expect(rejectedOf(unmended).map(({ raw }) => raw)).toEqual(rejectedOf(read).map(({ raw }) => raw));
  });

  test('as XML, mended, is a roster again', async () => {
    const read = await readAll(FILE);
    const file = await textOf(xmlErrorFile(rejectedOf(read)));
    expect(file).toContain('row="3" column="email" code="missing_email"');
    const again = await readAll(
      file.replace('name="email"></', 'name="email">bo@example.com</').replace('>cy<', '>cy@example.com<'),
    );
    expect(rejectsOf(again)).toEqual([]);
    expect(peopleOf(again).map(({ key }) => key)).toEqual(['2', '3']);
  });

  test('as JSON has each reject with its words in both languages', async () => {
    const rows = JSON.parse(await textOf(jsonErrorFile(rejectedOf(await readAll(FILE)))));
    expect(rows).toMatchObject([
      { row: 3, rejects: [{ column: 'email', code: 'missing_email', found: '', ...forBoth('missing_email') }] },
      { row: 4, rejects: [{ column: 'email', code: 'invalid_email', found: 'cy' }] },
    ]);
    expect(rows[0].columns).toContainEqual({ column: 'familyName', value: 'Berg' });
    expect(JSON.parse(await textOf(jsonErrorFile([])))).toEqual([]);
  });

  test('holds what XML cannot hold', async () => {
    const reject = { line: 1, column: 'a"<', code: 'unreadable_text', found: '\u0001]]>' } as const;
    const file = await textOf(xmlErrorFile([{ raw: [['a"<', '\u0001&\ud800\n']], rejects: [reject] }]));
    expect(rejectsOf(await readAll(file))).toContain('1 employeeNumber missing_key');
  });
});

test('a value comes back from the error file as it was, and none begins like a formula', () => {
  const value = fc
    .array(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', 'a', ' '))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(value, (text) => {
      expect(original(harmless(text))).toBe(text);
      expect(harmless(text)).not.toMatch(/^[=+\-@\t\r\n]/);
    }),
  );
});

describe('S82: the codes', () => {
  const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'rosters.md'), 'utf8');
  const told = [...docs.matchAll(/^\| `([a-z_]+)` \| (.+?) \| (.+?) \|$/gm)];

  test('are those of docs/rosters.md, in their order', () => {
    expect(told.map(([, code]) => code).filter((code) => code?.includes('_'))).toEqual([...REJECT_CODES]);
  });

  test.for(REJECT_CODES)('%s has the same words in the docs and in the error file', (code) => {
    const [, , meaning, mend] = told.find(([, one]) => one === code) ?? [];
    expect({ meaning, mend }).toEqual(REJECT_WORDS[code].en);
  });
});

function forBoth(code: 'missing_email') {
  const { en, de } = REJECT_WORDS[code];
  return { meaning: { en: en.meaning, de: de.meaning }, mend: { en: en.mend, de: de.mend } };
}
