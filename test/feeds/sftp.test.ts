import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newestOf } from '../../src/feeds/sftp/newest.ts';
import type { Run } from '../../src/report/runs.ts';
import { comesDue, feedOf, fetchNow, setFeed } from '../support/feeds.ts';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { csv, employees } from '../support/rosters.ts';
import { type SftpServer, startSftpServer } from '../support/sftp-server.ts';

const keys = ssh2.utils.generateKeyPairSync('ed25519');
const user = { name: 'gangway', password: 'a-password-of-ours', publicKey: keys.public };
const secrets = { password: user.password };
let gangway: Gangway;
let server: SftpServer;
const settings = (more: Record<string, unknown> = {}) => ({
  ...{ host: '127.0.0.1', port: server.port, username: user.name, path: '/out/employees-*.csv' },
  ...{ hostKey: server.fingerprint, stableSeconds: 0.1, ...more },
});
const runs = async () => (await gangway.admin('GET', '/runs?limit=100')).body['runs'] as Run[];

describe('S43, S70: a feed fetches nightly from an SFTP server', { shuffle: false }, () => {
  beforeAll(async () => {
    gangway = await startGangway();
    server = await startSftpServer(user);
    server.files.set('/out/employees-1.csv', { text: csv(employees(3)), mtime: 1_000 });
    server.files.set('/out/employees-2.csv', { text: csv(employees(12)), mtime: 2_000 });
    server.files.set('/out/other-9.csv', { text: 'a,b\n', mtime: 9_000 });
  });
  afterAll(async () => {
    await gangway?.stop();
    await server?.stop();
  });

  test('the first test shows the key of the server, which gets no password before that key is pinned', async () => {
    const body = {
      kind: 'sftp',
      settings: settings({ hostKey: undefined }),
      secrets,
      schedule: { cron: '0 3 * * *', timeZone: 'UTC' },
    };
    const answer = await gangway.admin('POST', feedOf(gangway, '/test'), body);
    expect([answer.status, answer.body['detail']]).toEqual([422, expect.stringContaining(server.fingerprint)]);
    expect(server.tried).toEqual([]);
  });

  test('S43, S70: the newest file that fits the pattern is taken', async () => {
    await setFeed(gangway, { kind: 'sftp', settings: settings(), secrets });
    expect((await gangway.admin('POST', feedOf(gangway, '/test'))).body).toMatchObject({
      fileName: 'employees-2.csv',
      rows: 12,
      modifiedAt: new Date(2_000_000).toISOString(),
    });
    expect(await comesDue(gangway)).toMatchObject({ result: 'done' });
    expect(await gangway.accounts()).toHaveLength(12);
  });

  test('S33: the same file is not read again', async () => {
    const read: string[] = [];
    server.reading = (path) => read.push(path);
    expect(await comesDue(gangway)).toMatchObject({ result: 'unchanged' });
    expect(read).toEqual([]);
  });

  test('a private key opens the door as well', async () => {
    await setFeed(gangway, { kind: 'sftp', settings: settings(), secrets: { ...secrets, privateKey: keys.private } });
    server.tried.length = 0;
    expect(await fetchNow(gangway)).toMatchObject({ result: 'unchanged' });
    expect(server.tried).toContain('publickey');
  });

  test('a server with another key is sent nothing', async () => {
    const other = settings({ hostKey: `SHA256:${'A'.repeat(43)}` });
    const body = await setFeed(gangway, { kind: 'sftp', settings: other, secrets: { privateKey: null } });
    expect(body['secrets']).toEqual(['password']);
    server.tried.length = 0;
    const last = await comesDue(gangway);
    expect(last).toMatchObject({
      result: 'failed',
      words: expect.stringMatching(/another key than the one that is pinned/),
    });
    expect(last.words).toContain(server.fingerprint);
    expect(server.tried).toEqual([]);
  });

  test.for([
    { name: 'a wrong password', more: {}, password: 'wrong-password', words: /does not let "gangway" in/ },
    { name: 'a file that is not there', more: { path: '/out/nothing.csv' }, words: /nothing.csv is not there/ },
    { name: 'a pattern that nothing fits', more: { path: '/out/staff-*.csv' }, words: /no file fits/ },
    { name: 'a folder that is not there', more: { path: '/in/*.csv' }, words: /\/in\/ is not there/ },
    { name: 'a file without its .done', more: { complete: 'done-file' }, words: /no employees-2.csv.done beside it/ },
    { name: 'a server that is not there', more: { port: 1 }, words: /does not answer.*ECONNREFUSED/ },
  ])('S43: $name is a failed run in words', async ({ more, password = user.password, words }) => {
    await setFeed(gangway, { kind: 'sftp', settings: settings(more), secrets: { password } });
    const last = await comesDue(gangway);
    expect(last).toMatchObject({ result: 'failed', words: expect.stringMatching(words) });
    expect((await runs())[0]).toMatchObject({ state: 'failed', kind: 'roster', askedBy: 'feed', error: last.words });
  });

  test('a file that still grows is not taken, nor one that changes while it is read', async () => {
    await setFeed(gangway, { kind: 'sftp', settings: settings({ stableSeconds: 1 }), secrets });
    const grows = setInterval(() => {
      const before = server.files.get('/out/employees-3.csv')?.text ?? csv(employees(12));
      server.files.set('/out/employees-3.csv', { text: `${before}x`, mtime: 3_000 });
    }, 20);
    server.files.set('/out/employees-3.csv', { text: csv(employees(12)), mtime: 3_000 });
    const growing = await comesDue(gangway);
    clearInterval(grows);
    expect(growing).toMatchObject({ result: 'failed', words: expect.stringContaining('still being written') });
    server.files.set('/out/employees-3.csv', { text: csv(employees(13)), mtime: 3_001 });
    server.reading = () => server.files.set('/out/employees-3.csv', { text: csv(employees(13)), mtime: 3_002 });
    expect(await comesDue(gangway)).toMatchObject({
      result: 'failed',
      words: expect.stringContaining('while it was read'),
    });
    expect((await gangway.accounts()).filter(({ status }) => status === 'suspended')).toEqual([]);
    server.reading = () => {};
  });

  test('a line that breaks while the file is read is no roster', async () => {
    server.reading = () => server.hangUp();
    expect(await comesDue(gangway)).toMatchObject({
      result: 'failed',
      words: expect.stringMatching(/broken off|hung up/),
    });
    server.reading = () => {};
    expect((await gangway.db.raw('select count(*)::int as n from roster_rows')).rows).toEqual([{ n: 0 }]);
  });

  test('S43: with its .done beside it, it is taken', async () => {
    server.files.set('/out/employees-3.csv.done', { text: '', mtime: 3_003 });
    await setFeed(gangway, {
      kind: 'sftp',
      settings: settings({ complete: 'done-file', path: '/out/employees-*' }),
      secrets,
    });
    expect(await comesDue(gangway)).toMatchObject({ result: 'done', failures: 0 });
    expect((await runs())[0]?.counts).toMatchObject({ new: 1, missing: 0 });
  });
});

const entry = (filename: string, mtime: number, mode = 0o100644) => ({ filename, attrs: { size: 1, mtime, mode } });
test.for([
  { name: 'the newest', entries: [entry('e-1.csv', 5), entry('e-2.csv', 9), entry('e-3.csv', 7)], is: 'e-2.csv' },
  { name: 'of the same second, the last by name', entries: [entry('e-1.csv', 5), entry('e-2.csv', 5)], is: 'e-2.csv' },
  { name: 'only what fits from begin to end', entries: [entry('the-e-1.csv', 5), entry('e-1.csv.bak', 5)], is: null },
  { name: 'no folder and no link', entries: [entry('e-1.csv', 5, 0o40755), entry('e-2.csv', 5, 0o120777)], is: null },
  { name: 'a dot is a dot', entries: [entry('e-1xcsv', 5)], is: null },
])('the newest of several files: $name', ({ entries, is }) => {
  expect(newestOf(entries, 'e-*.csv')?.filename ?? null).toBe(is);
});
