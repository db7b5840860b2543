import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { csv, employee, employees } from '../support/rosters.ts';
import { converse } from './conversation.ts';
import { gangway } from './gangway.ts';

let server: RunningServer;
const folder = mkdtempSync(join(tmpdir(), 'gangway guide '));
const at = (name: string) => join(folder, name);
const write = (name: string, text: string) => {
  writeFileSync(at(name), text);
  return at(name);
};
const people = async (tenant: string) =>
  (await server.call('GET', '/people?userName=joerg.mueller@example.com', { tenant })).body['people'];

beforeAll(async () => {
  server = await runServer();
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('S29: the guided mode needs no IT', { shuffle: false, timeout: 60_000 }, () => {
  test('S29: without a connection it says who makes one', async () => {
    await server.call('POST', '/tenants', { body: { name: 'acme' } });
    const { code, text } = await converse(server, 'en', [[/Which file/, write('empty.csv', csv(employees(1)))]]);
    expect([code, text]).toEqual([1, expect.stringContaining('gangway connection add hr')]);
    await server.call('POST', '/connections', { body: { name: 'hr', targets: [] } });
  });

  test('S29: every question can be ended, and then nothing is changed', async () => {
    copyFileSync(join(import.meta.dirname, '../../examples/rosters/employees.csv'), at('my staff.csv'));
    const turns = [
      [/Which file/, `'${at('my staff.csv')}'`],
      [/telephone/, 'DE'],
      [/Is that right/, 'y'],
      [/Apply this/, 'y'],
    ] as const;
    for (const [count] of turns.entries()) {
      for (const end of ['q', 'END']) {
        const cut = [...turns.slice(0, count), [turns[count]?.[0] ?? /./, end] as const];
        const told = await converse(server, 'en', cut);
        expect([told.code, told.text]).toEqual([0, expect.stringContaining('Stopped.')]);
        if (count === 3) await server.call('PUT', `/connections/${await idOf('hr')}/roster-profile`, { body: {} });
      }
    }
    expect(await people('acme')).toEqual([]);
  });

  test('S29: a no to the profile leaves it beside the file, to be mended', async () => {
    const { code, text } = await converse(server, 'en', [
      [/Which file/, at('my staff.csv')],
      [/telephone/, 'Atlantis'],
      [/must be a country[\s\S]*telephone/, 'de'],
      [/Is that right/, 'n'],
    ]);
    expect([code, text]).toEqual([1, expect.stringContaining('my staff.profile.yaml')]);
    expect(readFileSync(at('my staff.profile.yaml'), 'utf8')).toContain('country: de');
    expect((await server.call('GET', `/connections/${await idOf('hr')}/roster-profile`)).body['set']).toEqual({});
  });

  test('S29, S44: from a file that was dropped on the window to the people, with what it shows on the way', async () => {
    const { code, text } = await converse(server, 'en', [
      [/Which file/, 'nowhere.csv'],
      [/cannot be read[\s\S]*Which file/, `"${at('my staff.csv')}" `],
      [/telephone/, 'DE'],
      [/Is that right/, 'y'],
      [/Apply this to hr now\?/, 'yes'],
    ]);
    expect(text).toMatch(/Personalnummer +employeeNumber +95 %/);
    expect(text).toContain('all 3 rows can be taken');
    expect(text).toMatch(/^ +1001 +Jörg Müller +joerg\.mueller@example\.com$/m);
    expect(text).toMatch(/applied +3 +applied/);
    expect(text).toContain(`gangway roster push "${at('my staff.csv')}" --connection hr`);
    expect(code).toBe(0);
    expect(await people('acme')).toHaveLength(1);
  });

  test('S29: the same file again has nothing to do', async () => {
    const { code, text } = await converse(server, 'en', [[/Which file/, at('my staff.csv')]]);
    expect([code, text]).toEqual([0, expect.stringContaining('nothing to do')]);
  });

  test('S29, S38: bad rows need a yes, and the error file lies beside the file', async () => {
    await server.call('POST', '/connections', { body: { name: 'stores', targets: [] } });
    const path = write('stores.csv', csv([...employees(9), employee(10, { email: 'nowhere' })]));
    const no = await converse(server, 'en', [
      [/Which file/, path],
      [/Which connection/, '7'],
      [/Type one of the numbers[\s\S]*Which connection/, '2'],
      [/Go on without the 1 rows/, ''],
    ]);
    expect([no.code, no.text]).toEqual([4, expect.stringContaining('invalid_email')]);
    const yes = await converse(server, 'en', [
      [/Which file/, path],
      [/Which connection/, 'stores'],
      [/Go on/, 'y'],
      [/Apply this/, 'y'],
    ]);
    expect([yes.code, yes.text]).toEqual([4, expect.stringContaining(at('stores.errors.csv'))]);
    expect(readFileSync(at('stores.errors.csv'), 'utf8')).toContain('nowhere');
  });

  test('S29: a file that would be held says so, and ends as held', async () => {
    const { code, text } = await converse(server, 'en', [
      [/Which file/, write('few.csv', csv(employees(1)))],
      [/Which connection/, 'stores'],
      [/it would be held[\s\S]*Apply this/, 'y'],
    ]);
    expect([code, text]).toEqual([3, expect.stringContaining('gangway roster release')]);
    expect(text).toMatch(/not in the file any more \(the first 5 of 8\):/);
  });

  test('S29: where the columns do not tell enough, the profile lies beside the file, to be mended', async () => {
    await server.call('POST', '/connections', { body: { name: 'trial', targets: [] } });
    const { code, text } = await converse(server, 'en', [
      [/Which file/, write('odd.csv', 'Nummer,Kontakt\n1,a\n2,b\n')],
      [/Which connection/, 'trial'],
      [/Which column tells people apart/, 'Nummer'],
      [/Which column is the e-mail/, ''],
    ]);
    expect([code, text]).toEqual([1, expect.stringMatching(/That does not work: userName: [\s\S]*odd\.profile\.yaml/)]);
    expect(readFileSync(at('odd.profile.yaml'), 'utf8')).toContain('Nummer');
  });

  test('S29: what is no roster is refused in words', async () => {
    const { code, text } = await converse(server, 'en', [
      [/Which file/, write('other.csv', '\u0000')],
      [/Which connection/, '2'],
    ]);
    expect([code, text]).toEqual([1, expect.stringMatching(/cannot be used: .*NUL/)]);
  });

  test('S21, S29: all of it in German', async () => {
    await server.call('POST', '/tenants', { body: { name: 'deutsch' } });
    const made = await server.call('POST', '/connections', { tenant: 'deutsch', body: { name: 'pa', targets: [] } });
    expect(made.status).toBe(201);
    const rows = '1;Jörg;Müller;joerg.mueller@example.com;03.04.2024\n2;Zoë;Größ;;31.01.2024\n';
    const path = write('mitarbeiter.csv', `Personalnummer;Vorname;Nachname;E-Mail;Eintritt\n${rows}`);
    const turns = [
      [/Welche Datei/, path],
      [/Stimmt das/, 'ja'],
      [/Ohne die 1 Zeilen/, 'j'],
      [/jetzt für pa übernehmen/, 'j'],
    ] as const;
    const { code, text } = await converse(server, 'de', turns, 'deutsch');
    expect(text).toMatch(/Die E-Mail-Adresse fehlt[\s\S]*1 +Personen sind neu[\s\S]*Fertig\./);
    expect(text).toContain('Nichts wird geändert, bevor Sie ja sagen');
    expect([code, existsSync(at('mitarbeiter.errors.csv'))]).toEqual([4, true]);
    expect(await people('deutsch')).toHaveLength(1);
  });

  test('S29: where nobody sits at a terminal it says what to do instead', async () => {
    const { code, stderr } = await gangway(['roster'], { GANGWAY_DATA: server.dataDir, PORT: server.port });
    expect([code, stderr]).toEqual([2, expect.stringContaining('gangway roster push FILE')]);
  });
});

async function idOf(name: string): Promise<string> {
  const { connections } = (await server.call('GET', '/connections', { tenant: 'acme' })).body as unknown as {
    connections: { id: string; name: string }[];
  };
  return connections.find((one) => one.name === name)?.id ?? '';
}
