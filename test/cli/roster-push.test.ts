import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../src/cli/api.ts';
import { progressOn } from '../../src/cli/progress.ts';
import { rosterFile } from '../../src/cli/roster-file.ts';
import { uploadRoster, whenEnded } from '../../src/cli/roster-upload.ts';
import { ROSTER_WORDS } from '../../src/cli/roster-words.ts';
import { type RunningServer, runServer } from '../admin/running.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { csv, employee, employees } from '../support/rosters.ts';
import { gangway } from './gangway.ts';

let server: RunningServer;
let env: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'gangway-push-'));
beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  await server.call('POST', '/tenants', { body: { name: 'acme' } });
  for (const name of ['hr', 'stores']) await server.call('POST', '/connections', { body: { name, targets: [] } });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const write = (name: string, text: string | Buffer) => {
  writeFileSync(at(name), text);
  return at(name);
};
const push = (...args: string[]) => gangway(['roster', 'push', ...args], env);

describe('S46: gangway roster push', { shuffle: false, timeout: 60_000 }, () => {
  test('S38, S46: rows that cannot be taken are in a file beside the roster', async () => {
    const path = write('staff.csv', csv([...employees(20), employee(21, { email: 'nowhere' })]));
    const { code, stdout, stderr } = await push(path, '--connection', 'hr', '--json');
    expect([code, stderr]).toEqual([4, '']); // no terminal, no bar
    expect(JSON.parse(stdout)).toMatchObject({ state: 'done', errorFile: at('staff.errors.csv') });
    expect(readFileSync(at('staff.errors.csv'), 'utf8')).toContain('nowhere');
  });

  test('S38: mended, that file is pushed as it is, and what is still wrong never overwrites it', async () => {
    const mended = readFileSync(at('staff.errors.csv'), 'utf8').replace('nowhere', 'somewhere');
    writeFileSync(at('staff.errors.csv'), mended);
    expect((await push(at('staff.errors.csv'), '--connection', 'hr')).code).toBe(4);
    expect(readFileSync(at('staff.errors.csv'), 'utf8')).toBe(mended);
    expect(existsSync(at('staff.errors-2.csv'))).toBe(true);
    writeFileSync(at('staff.errors.csv'), mended.replace('somewhere', 'e21@example.com'));
    expect((await push(at('staff.errors.csv'), '--connection', 'hr')).code).toBe(0);
  });

  test('S46: a dry run shows who is new, changed and missing, and what changes of them', async () => {
    const changed = employee(1, { givenName: 'Adele', department: 'Purchasing' });
    const path = write('next.csv', csv([changed, ...employees(21).slice(3), employee(30)]));
    const { code, stdout } = await push(path, '--connection', 'hr', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^new:\n +KEY +NAME +E-MAIL\n +30 +Given30 Tester +e30@example\.com$/m);
    expect(stdout).toMatch(/^ +1 +Adele Tester +e1@example\.com +department, name$/m);
    expect(stdout).toMatch(/^not in the file any more:\n.*\n +3 +Given3 Tester .*\n +2 +Given2 Tester /m);
  });

  test('who is in a dry run is read page by page, until the next file comes', async () => {
    const { code, stdout } = await push(at('next.csv'), '--connection', 'hr', '--dry-run', '--json');
    expect(code).toBe(0);
    const { id, first } = JSON.parse(stdout);
    expect(first).toMatchObject({ new: [{ key: '30', line: 21, changes: [] }], missing: [{ line: null }, {}] });
    const page = (query: string) => server.call('GET', `/runs/${id}/rows?verdict=missing${query}`);
    const one = (await page('&limit=1')).body;
    expect(one['rows']).toMatchObject([{ userName: 'e3@example.com' }]);
    expect((await page(`&limit=1&after=${one['next']}`)).body['rows']).toMatchObject([{ userName: 'e2@example.com' }]);
    const { stdout: shown } = await gangway(['roster', 'rows', id, '--verdict', 'missing', '--limit', '1'], env);
    expect(shown).toMatch(/^ +3 +Given3 Tester +e3@example\.com\nmore: --after=-2$/m);
    expect((await gangway(['roster', 'rows', id, '--after=-1'], env)).stdout).toBe('nobody\n');
    expect((await page('&limit=1&after=-1')).body).toMatchObject({ rows: [], next: null });
    expect((await server.call('GET', `/runs/${id}/rows?verdict=nobody`)).status).toBe(422);
    await push(at('next.csv'), '--connection', 'hr', '--dry-run');
    expect((await page('')).body['rows']).toEqual([]);
  });

  test('S46: --no-wait ends when the file is sent', async () => {
    const { code, stdout } = await push(write('stores.csv', csv(employees(5))), '--connection', 'stores', '--no-wait');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^sent: run (\S+)\nhow far it is: gangway run show \1\n$/),
    ]);
  });

  test('a file that is packed already is sent as it is', async () => {
    const path = write('stores.csv.gz', gzipSync(csv(employees(6))));
    const { code, stdout } = await push(path, '--connection', 'stores');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^new +1 /m)]);
  });
});

describe('S43: an upload that breaks off', { shuffle: false, timeout: 60_000 }, () => {
  test('S43: is sent again, and the file is applied once', async () => {
    const staff = employees(300).map((one) => ({
      ...one,
      department: `${randomUUID()} ${randomUUID()} ${randomUUID()}`,
    }));
    const path = write('many.csv', csv(staff));
    const proxy = await startCuttingProxy(server.origin, { times: 2, bytes: 8_000 });
    const shown: string[] = [];
    try {
      const api = createApi({ url: proxy.url, key: server.adminKey });
      const connection = (await server.call('POST', '/connections', { body: { name: 'far', targets: [] } })).body;
      const progress = { show: (words: string) => void shown.push(words), clear: () => {} };
      const telling = { progress, words: ROSTER_WORDS.en };
      const upload = { connectionId: connection.id, file: rosterFile(path), dryRun: false };
      const { run, note } = await uploadRoster(api, upload, telling);
      expect([note, await whenEnded(api, run.id, telling)]).toMatchObject([
        undefined,
        { state: 'done', counts: { new: 300 } },
      ]);
      const { runs } = (await server.call('GET', `/runs?connection=${connection.id}`)).body as {
        runs?: { state: string }[];
      };
      expect(runs?.filter(({ state }) => state === 'done')).toHaveLength(1);
    } finally {
      await proxy.stop();
    }
    expect(proxy.cuts()).toBe(2);
    expect(shown).toContain('the upload broke off: once more in 1 s');
    expect(shown).toContain('comparing with what is known');
  });

  test('a server that is not there is not waited for', async () => {
    const { code, stderr } = await push(at('many.csv'), '--connection', 'hr', '--url', 'http://127.0.0.1:1');
    expect([code, stderr]).toEqual([1, expect.stringContaining('no Gangway answers')]);
  });
});

describe('the line that shows how far it is', () => {
  const terminal = (columns = 60) => {
    const written: string[] = [];
    return { written, out: { isTTY: true, columns, write: (text: string) => written.push(text) } };
  };

  test('is drawn anew in its place, and taken away at the end', () => {
    const { written, out } = terminal();
    const progress = progressOn(out);
    progress.show('sent 1 kB of 2 kB', 1, 2);
    progress.show('sent 1 kB of 2 kB', 1, 2);
    progress.clear();
    const bar = `${'█'.repeat(12)}${'░'.repeat(12)}  50 %`;
    expect(written).toEqual([`\r\u001b[K${bar}  sent 1 kB of 2 kB`, '\r\u001b[K']);
  });

  test('is never wider than the terminal', () => {
    const { written, out } = terminal(30);
    progressOn(out).show('sent a lot of a lot', 1, 1);
    expect(written[0]?.replace('\r\u001b[K', '')).toHaveLength(29);
  });

  test('is not there where nobody looks', () => {
    const { written, out } = terminal();
    progressOn({ ...out, isTTY: false }).show('sent', 1, 2);
    expect(written).toEqual([]);
  });
});
