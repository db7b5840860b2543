import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Happening, NOTICE_KINDS } from '../../src/model/notice.ts';
import { helpFor } from '../../src/notices/topics.ts';
import { KIND_WORDS } from '../../src/notices/words.ts';
import { tell } from '../../src/report/notices.ts';
import { gangway } from '../cli/gangway.ts';
import { eventually } from '../support/gangway.ts';
import { auditOf, type RunningServer, runServer } from './running.ts';

const UNKNOWN = '01a20000-0000-7000-8000-000000000000';
let server: RunningServer;
let env: Record<string, string>;
let tenantId: string;
let connectionId: string;
beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  tenantId = (await server.call('POST', '/tenants', { body: { name: 'acme' } })).body.tenantId;
  connectionId = (await server.call('POST', '/connections', { body: { name: 'hr', targets: [] } })).body.id;
});
afterAll(() => server?.stop());

const put = (body: unknown, path = '/notice-list') => server.call('PUT', path, { body });
let number = 0;
const happens = (of: string | null = connectionId) =>
  tell(server.db, {
    tenantId,
    connectionId: of,
    kind: 'roster_failed',
    subject: String(++number),
    detail: { runId: UNKNOWN, reason: 'it was cut off' },
  });

test('S39: a list is replaced as a whole, with what is left out as it is by default; it is audited', async () => {
  const path = `/connections/${connectionId}/notice-list`;
  const body = { recipients: [{ address: ' Ada@Example.com ' }], expectedEvery: '168h', timeZone: 'Europe/Berlin' };
  const { status, body: list } = await put(body, path);
  expect(status).toBe(200);
  expect(list).toMatchObject({ expectedEvery: '7d', timeZone: 'Europe/Berlin', mailed: false });
  expect(list['recipients']).toEqual([{ address: 'Ada@Example.com', language: 'en', kinds: expect.any(Array) }]);
  const [{ kinds }] = list['recipients'] as [{ kinds: string[] }];
  expect(NOTICE_KINDS.filter((kind) => !kinds.includes(kind))).toEqual(['roster_accepted', 'weekly']);
  expect((await server.call('GET', path)).body).toEqual(list);
  expect((await put({ recipients: [] }, path)).body).toMatchObject({ recipients: [], expectedEvery: null });
  expect(await auditOf(server.db, tenantId)).toContain('notice-list.set');
});

const one = { address: 'ada@example.com' };
test.for([
  [{}, '#/recipients'],
  [{ recipients: [{ address: 'ada' }] }, '#/recipients/0/address'],
  [{ recipients: [{ address: 'ada@example.com\r\nBcc: all@example.com' }] }, '#/recipients/0/address'],
  [{ recipients: [{ address: 'a,b@example.com' }] }, '#/recipients/0/address'],
  [{ recipients: [{ address: '<ada@example.com>' }] }, '#/recipients/0/address'],
  [{ recipients: [{ ...one, language: 'fr' }] }, '#/recipients/0/language'],
  [{ recipients: [{ ...one, kinds: ['everything'] }] }, '#/recipients/0/kinds/0'],
  [{ recipients: [{ ...one, kinds: [] }] }, '#/recipients/0/kinds'],
  [{ recipients: [one, { address: 'ADA@example.com' }] }, '#/recipients'],
  [{ recipients: [], timeZone: 'Mars/Base' }, '#/timeZone'],
  [{ recipients: [], expectedEvery: 'weekly' }, '#/expectedEvery'],
  [{ recipients: [], expectedEvery: '0d' }, '#/expectedEvery'],
  [{ recipients: [], expectedEvery: '400d' }, '#/expectedEvery'],
  [{ recipients: [], unknown: 1 }, '#/'],
] as const)('%j is refused', async ([body, pointer]) => {
  const { status, body: answer } = await put(body, `/connections/${connectionId}/notice-list`);
  expect(status).toBe(422);
  expect((answer['errors'] as { pointer: string }[])[0]?.pointer).toBe(pointer);
});

test('what is unknown, malformed or another tenant’s is not found', async () => {
  await server.call('POST', '/tenants', { body: { name: 'stranger' } });
  const body = { recipients: [] };
  for (const id of [UNKNOWN, 'abc', connectionId]) {
    const path = `/connections/${id}/notice-list`;
    const calls = [
      await server.call('GET', path, { tenant: 'stranger' }),
      await server.call('PUT', path, { tenant: 'stranger', body }),
      await server.call('POST', `${path}/test`, { tenant: 'stranger', body: one }),
    ];
    expect(calls.map(({ status }) => status)).toEqual([404, 404, 404]);
  }
  await happens();
  expect((await server.call('GET', '/notices', { tenant: 'stranger' })).body['notices']).toEqual([]);
  await server.db.raw(`delete from audit where tenant_id in (select tenant_id from tenants where name = 'stranger')`);
  await server.db.raw(`delete from tenants where name = 'stranger'`);
});

test('without a mail server notices are listed, page by page, and the answer says that none is mailed', async () => {
  await put({ recipients: [one] });
  for (let count = 0; count < 5; count += 1) await happens();
  await happens(null);
  const ask = async (query: string) =>
    (await server.call('GET', `/notices?${query}`)).body as unknown as {
      notices: { id: string }[];
      next: string | null;
    };
  const all = await ask('limit=1000');
  expect(all).toMatchObject({ mailed: false, note: expect.stringContaining('GANGWAY_SMTP_URL'), next: null });
  const pages: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page: Awaited<ReturnType<typeof ask>> = await ask(`limit=2${next ? `&before=${next}` : ''}`);
    pages.push(...page.notices.map(({ id }) => id));
    next = page.next;
  }
  expect(pages).toEqual(all.notices.map(({ id }) => id));
  const ofOne = await ask(`connection=${connectionId}&limit=1000`);
  expect(ofOne.notices).toHaveLength(all.notices.length - 1);
  expect((await ask('kind=weekly')).notices).toEqual([]);
  const waiting = await eventually('it was tried', async () => {
    const [notice] = (await ask('limit=1')).notices as unknown as {
      mails: { state: string; answer: string | null }[];
    }[];
    return notice?.mails[0]?.answer && notice.mails[0];
  });
  expect(waiting).toMatchObject({ state: 'waiting', answer: 'no mail server is set up: GANGWAY_SMTP_URL' });
  const refused = await server.call('POST', '/notice-list/test', { body: one });
  expect([refused.status, refused.body.detail]).toEqual([422, expect.stringContaining('GANGWAY_SMTP_URL')]);
  await put({ recipients: [] });
});

test('S39: the command line shows the lists, changes them, and lists notices', { timeout: 60_000 }, async () => {
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await gangway(['notice', ...args], env);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  expect(await run('recipients', '--connection', 'hr')).toContain('nobody is on this list');
  const added = await run('add', 'bo@example.com', '--connection', 'hr', '--language', 'de', '--kind', 'weekly');
  expect(added).toMatch(/^bo@example.com +de +weekly$/m);
  expect(await run('add', 'BO@example.com', '--connection', 'hr', '--kind', 'guard_held')).toMatch(
    /^BO@example.com +de +guard_held$/m,
  );
  const set = await run('set', '--connection', 'hr', '--expected-every', '7d', '--time-zone', 'Europe/Berlin');
  expect(set).toContain('a roster is expected every: 7d');
  expect(set).toContain('time zone: Europe/Berlin');
  expect(await run('remove', 'bo@example.com', '--connection', 'hr')).toContain('nobody is on this list');
  await happens();
  expect(await run('list', '--connection', 'hr', '--limit', '1')).toMatch(/roster_failed +hr .*gangway run show/);
  const nowhere = await gangway(['notice', 'remove', 'bo@example.com'], env);
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('gangway notice recipients')]);
  expect((await gangway(['notice', 'set', '--expected-every', '7d'], env)).code).toBe(2);
  const untested = await gangway(['notice', 'test', 'bo@example.com'], env);
  expect([untested.code, untested.stderr]).toEqual([1, expect.stringContaining('GANGWAY_SMTP_URL')]);
});

test('S26: each notice names the part of the documentation that explains it, and the part is there', () => {
  const anchorsIn = (file: string) =>
    readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
      .split('\n')
      .filter((line) => /^#+ /.test(line))
      .map((line) =>
        line
          .replace(/^#+ /, '')
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
  for (const kind of NOTICE_KINDS) {
    const { topic, command } = helpFor({ kind, detail: {} } as unknown as Happening, "it's");
    const [file = '', anchor = ''] = topic.split('#');
    expect([kind, anchorsIn(file)]).toEqual([kind, expect.arrayContaining([anchor])]);
    expect(command).toMatch(/^gangway /);
    if (kind === 'token_expired') expect(command).toBe("gangway token add 'it'\\''s'");
  }
});

test('docs/notices.md tells every kind, and each kind is told in both languages', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/notices.md'), 'utf8');
  expect(NOTICE_KINDS.filter((kind) => !text.includes(`\`${kind}\``))).toEqual([]);
  const gaps = (words: object) =>
    JSON.stringify(words)
      .match(/\{\w+\}/g)
      ?.toSorted();
  for (const kind of NOTICE_KINDS) expect(gaps(KIND_WORDS.de[kind])).toEqual(gaps(KIND_WORDS.en[kind]));
});
