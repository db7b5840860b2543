import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/report/runs.ts';
import { comesDue, feedOf, fetchNow, setFeed } from '../support/feeds.ts';
import { type FileServer, serves, startFileServer } from '../support/file-server.ts';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { csv, employees } from '../support/rosters.ts';

const SECRET = 'a-password-that-nobody-may-see';
let gangway: Gangway;
let files: FileServer;
const runs = async () => (await gangway.admin('GET', '/runs?limit=100')).body['runs'] as Run[];

describe('S43, S70: a feed fetches nightly what a script would upload', { shuffle: false }, () => {
  beforeAll(async () => {
    gangway = await startGangway();
    files = await startFileServer(serves(csv(employees(12)), '"one"'));
  });
  afterAll(async () => {
    await gangway?.stop();
    await files?.stop();
  });

  test('S43: set by the API, it waits for its time, and tells its secrets to nobody', async () => {
    const settings = { url: `${files.origin}/export/all.csv`, auth: 'basic', username: 'gangway' };
    const body = await setFeed(gangway, { kind: 'https', settings, secrets: { password: SECRET } });
    expect(body).toMatchObject({ kind: 'https', secrets: ['password'], failures: 0, last: null });
    expect(String(body['nextAt'])).toMatch(/-01-01T01:30:00/);
    const { rows } = await gangway.db.raw('select detail::text as detail from audit order by id desc limit 1');
    expect(rows[0].detail).not.toContain(SECRET);
    expect(files.asked).toEqual([]);
  });

  test('S14: a test says what it would find, and saves nothing', async () => {
    const { status, body } = await gangway.admin('POST', feedOf(gangway, '/test'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ fileName: 'all.csv', rows: 12, taken: 12, rejects: [], problem: null });
    expect(body['shape']).toMatchObject({ format: 'csv', ignored: [], missing: [] });
    expect(JSON.stringify(body['notes'])).toContain('ETag');
    expect(await runs()).toEqual([]);
    expect(files.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`gangway:${SECRET}`).toString('base64')}`);
  });

  test('S43, S70: when its time comes, everybody in the file gets an account', async () => {
    const last = await comesDue(gangway);
    expect(last).toMatchObject({ result: 'done', failures: 0 });
    expect(await runs()).toMatchObject([
      { id: last.runId, kind: 'roster', askedBy: 'feed', counts: { new: 12, applied: 12 } },
    ]);
    expect(await gangway.accounts()).toHaveLength(12);
  });

  test('S33: what has not changed is not fetched again, and makes no run', async () => {
    const last = await comesDue(gangway);
    expect(last).toMatchObject({ result: 'unchanged', words: expect.stringContaining('nothing has changed') });
    expect(files.asked.at(-1)?.headers['if-none-match']).toBe('"one"');
    expect(await runs()).toHaveLength(1);
  });

  test('S33: asked for, it is fetched all the same; the same file as the last one does nothing', async () => {
    expect(await fetchNow(gangway)).toMatchObject({
      result: 'unchanged',
      words: expect.stringContaining('applied last'),
    });
    expect(files.asked.at(-1)?.headers['if-none-match']).toBeUndefined();
    expect(await runs()).toHaveLength(1);
  });

  test('a profile that has changed reads the same file anew', async () => {
    await gangway.admin('PUT', `/connections/${gangway.connection.id}/roster-profile`, { language: 'de' });
    expect(await comesDue(gangway)).toMatchObject({ result: 'done' });
    expect((await runs())[0]?.counts).toMatchObject({ changed: 12, missing: 0 });
  });

  test.for([
    {
      name: 'an error',
      answer: () =>
        (files.answer = (_q, res) => res.writeHead(503, { 'retry-after': '120' }).end('{"detail":"nightly backup"}')),
      words: /503/,
    },
    {
      name: 'a sign-in page',
      answer: () =>
        (files.answer = (_q, res) =>
          res.writeHead(200, { 'content-type': 'text/html', 'content-length': 4 }).end('<p/>')),
      words: /sign-in page/,
    },
    {
      name: 'a file that breaks off',
      answer: () =>
        (files.answer = (_q, res) => {
          res.writeHead(200, { 'content-length': 5000 });
          res.write(csv(employees(3)));
          setImmediate(() => res.destroy());
        }),
      words: /broke off/,
    },
    {
      name: 'an empty file',
      answer: () => (files.answer = (_q, res) => res.writeHead(200, { 'content-length': 0 }).end()),
      words: /empty/,
    },
    {
      name: 'a redirect to elsewhere',
      answer: () => (files.answer = (_q, res) => res.writeHead(302, { location: 'https://elsewhere.example/x' }).end()),
      words: /redirects to elsewhere.example/,
    },
    {
      name: 'a redirect to the machine’s cloud',
      answer: () =>
        (files.answer = (_q, res) => res.writeHead(302, { location: 'http://169.254.169.254/latest' }).end()),
      words: /redirects to 169/,
    },
    {
      name: 'its own secret in an error',
      answer: () => (files.answer = (_q, res) => res.writeHead(403).end(`no ${SECRET}`)),
      words: /403: no \[secret\]/,
    },
  ])('S43: $name is a failed run, tried again soon, and nobody has left', async ({ answer, words }) => {
    answer();
    const before = (await runs()).length;
    const last = await comesDue(gangway);
    expect(last).toMatchObject({ result: 'failed', words: expect.stringMatching(words) });
    expect(last.failures).toBeGreaterThan(0);
    expect(new Date(last.nextAt).getTime()).toBeLessThan(Date.now() + 61 * 60_000);
    const [run, ...others] = await runs();
    expect(others).toHaveLength(before);
    expect(run).toMatchObject({ id: last.runId, kind: 'roster', state: 'failed', askedBy: 'feed', error: last.words });
    expect((await gangway.db.raw('select count(*)::int as n from roster_rows')).rows).toEqual([{ n: 0 }]);
    expect((await gangway.accounts()).filter(({ status }) => status === 'suspended')).toEqual([]);
  });

  test('S43: once it answers again, packed, it is taken, and the failures are forgotten', async () => {
    const packed = gzipSync(csv(employees(11)));
    files.answer = (_req, res) =>
      res.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
    expect(await comesDue(gangway)).toMatchObject({ result: 'done', failures: 0 });
    expect((await runs())[0]?.counts).toMatchObject({ missing: 1, applied: 1 });
  });

  test('a shrunken file is held, as an uploaded one is', async () => {
    files.answer = serves(csv(employees(2)), '"few"');
    expect(await comesDue(gangway)).toMatchObject({
      result: 'held',
      words: expect.stringContaining('the last one had 11'),
    });
  });
});
