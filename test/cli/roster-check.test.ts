import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test, vi } from 'vitest';
import { csv, employee, employees } from '../support/rosters.ts';
import { gangway, type Ran } from './gangway.ts';

// each test starts processes, which a busy machine takes its time for
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'gangway-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
// nobody answers there, and there is no key: a check needs neither
const check = (path: string, ...more: string[]): Promise<Ran> =>
  gangway(['roster', 'check', path, ...more], { GANGWAY_URL: 'http://127.0.0.1:1', GANGWAY_DATA: folder });
const EXAMPLES = join(import.meta.dirname, '../../examples/rosters');

test('S29, S44: a file that is fine ends with 0, packed or not', async () => {
  const { code, stdout } = await check(write('fine.csv', csv(employees(30))));
  expect([code, stdout]).toEqual([0, expect.stringContaining('fine.csv: all 30 rows can be taken')]);
  expect((await check(write('fine.csv.gz', gzipSync(csv(employees(30)))))).code).toBe(0);
});

test('S38: what is wrong is told with its rows, its columns and how to mend it; the file of it is written', async () => {
  const bad = [
    ...employees(20),
    employee(21, { email: 'nowhere' }),
    employee(3, { email: 'other@example.com' }),
    employee(23, { email: 'E4@Example.com' }),
    employee(24, { manager: '4711' }),
  ];
  const errors = join(folder, 'mend.csv');
  const { code, stdout } = await check(write('bad.csv', csv(bad)), '--errors', errors);
  expect(code).toBe(4);
  expect(stdout).toContain('19 rows can be taken, 5 cannot');
  expect(stdout).toMatch(/^invalid_email, once: This is not an e-mail address\. Write one address/m);
  expect(stdout).toMatch(/^ +22 +email +nowhere$/m);
  expect(stdout).toMatch(/^duplicate_key, 2 times: .*\n.*\n +4 +employeeNumber +3\n +23 +employeeNumber +3$/m);
  expect(stdout).toMatch(/^duplicate_email, 2 times: .*\n.*\n +5 +email +e4@example\.com\n/m);
  expect(stdout).toMatch(/managers whom no good row is about: 1/);
  const lines = readFileSync(errors, 'utf8').trimEnd().split('\r\n');
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['3', '4', '21', '3', '23']);
  expect(lines[0]).toContain('gangway_mend');
  // mended, it is a roster again
  expect((await check(errors)).stdout).toContain('0 rows can be taken, 5 cannot');
});

test('S38: twins are found in the order in which the server finds them', async () => {
  // the two of the same number are out before addresses are compared: the third keeps the address
  const rows = [employee(1, { email: 'a@example.com' }), employee(1, { email: 'a@example.com' })];
  const path = write('twins.csv', csv([...rows, employee(2, { email: 'a@example.com' }), ...employees(9).slice(2)]));
  const { code, stdout } = await check(path, '--json');
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({ rows: 8, rejected: 2, problems: [{ code: 'duplicate_key', count: 2 }] });
});

test('S29: in German for those who want it, by --lang or by their system', async () => {
  const path = write('wrong.csv', csv([employee(1, { email: 'nowhere' })]));
  const { stdout } = await check(path, '--lang', 'de');
  expect(stdout).toMatch(/0 Zeilen können übernommen werden, 1 nicht[\s\S]*Das ist keine E-Mail-Adresse/);
  const env = { LC_ALL: 'de_DE.UTF-8' };
  expect((await gangway(['roster', 'check', path], env)).stdout).toBe(stdout);
});

test('S29: without a profile the one that the headers suggest is used, and said so', async () => {
  const { code, stdout } = await check(join(EXAMPLES, 'employees.csv'));
  expect([code, stdout]).toEqual([4, expect.stringMatching(/proposed from the headers[\s\S]*invalid_phone, 2 times/)]);
  const profile = join(EXAMPLES, 'employees.profile.yaml');
  expect((await check(join(EXAMPLES, 'employees.csv'), '--profile', profile)).code).toBe(0);
  expect((await check(join(EXAMPLES, 'employees.xml'))).code).toBe(0);
});

test('a profile may name attributes of extensions, which only the server knows', async () => {
  const columns = { employeeNumber: 'employeeNumber', email: 'email', familyName: 'familyName' };
  const store = { department: 'urn:example:Store:1.0:User:storeId' };
  const profile = write('profile.json', JSON.stringify({ columns: { ...columns, ...store } }));
  const { code, stderr } = await check(write('stores.csv', csv(employees(3))), '--profile', profile);
  expect([code, stderr]).toEqual([0, '']);
});

test('brakes that the file alone can tell: nobody in it ends as held, many bad rows are told', async () => {
  const { code, stdout } = await check(write('nobody.csv', csv([])));
  expect([code, stdout]).toEqual([3, expect.stringMatching(/would be held until somebody releases it: .*nobody/)]);
  const bad = employees(10).map((one) => ({ ...one, email: 'nowhere' }));
  const many = await check(write('many.csv', csv([...employees(30).slice(10), ...bad])));
  expect([many.code, many.stdout]).toEqual([4, expect.stringContaining('10 of 30 rows cannot be taken')]);
});

test.for([
  { name: 'a file that is not there', text: null, says: 'is the path right' },
  { name: 'an empty file', text: '', says: 'the file is empty' },
  { name: 'a workbook', text: 'PK\u0003\u0004 and more', says: 'save it as CSV UTF-8' },
  { name: 'a file whose columns nobody knows', text: 'a,b\n1,2\n', says: 'no column is mapped to employeeNumber' },
  { name: 'another encoding', text: Buffer.from('employeeNumber,email\n1,\xfc@x.de\n', 'latin1'), says: '--encoding' },
])('$name is refused in words, and ends with 1', async ({ name, text, says }) => {
  const path = join(folder, `${name}.csv`);
  if (text !== null) writeFileSync(path, text);
  const { code, stderr, stdout } = await check(path);
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(says)]);
  expect(stderr).not.toContain('at async'); // words, and no stack
});

test('the memory that a check needs does not grow with the file', async () => {
  const notes = 'what nobody reads, and every export has '.repeat(50);
  const rows = Array.from({ length: 15_000 }, (_, index) => `${index},e${index}@example.com,Tester,"${notes}"`);
  const path = write('large.csv', ['employeeNumber,email,familyName,notes', ...rows].join('\n')); // 30 MB
  const { code, stdout, stderr } = await gangway(['roster', 'check', path], {
    NODE_OPTIONS: '--max-old-space-size=24',
  });
  expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining('all 15000 rows can be taken')]);
});

test.for([
  { format: 'csv', language: 'en' },
  { format: 'csv', language: 'de' },
  { format: 'xml', language: 'en' },
  { format: 'xml', language: 'de' },
])('S29: the template as $format in $language is taken as it is', async ({ format, language }) => {
  const path = join(folder, `template.${language}.${format}`);
  const args = ['roster', 'template', '--format', format, '--language', language];
  expect((await gangway([...args, '--out', path], {})).stdout).toBe(`written to ${path}\n`);
  const { code, stdout } = await check(path);
  expect([code, stdout]).toEqual([0, expect.stringContaining('all 1 rows can be taken')]);
  const printed = (await gangway(args, {})).stdout;
  expect(printed).toBe(readFileSync(path, 'utf8').replaceAll('\r\n', '\n'));
});
