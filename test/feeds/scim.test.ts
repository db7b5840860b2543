import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnection } from '../../src/directory/connections.ts';
import { issueToken } from '../../src/directory/credentials.ts';
import type { Run } from '../../src/report/runs.ts';
import { requester } from '../support/app.ts';
import { comesDue, feedOf, setFeed } from '../support/feeds.ts';
import { type FileServer, startFileServer } from '../support/file-server.ts';
import { type Gangway, patchOp, scimUser, startGangway } from '../support/gangway.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
let gangway: Gangway;
let proxy: FileServer;
let source: ReturnType<typeof requester>;
let token: string;
const ids = new Map<string, string>();
const runs = async () => (await gangway.admin('GET', '/runs?limit=100')).body['runs'] as Run[];

/** Another connection of ours is the source: its SCIM endpoint is a server like any other. */
beforeAll(async () => {
  gangway = await startGangway();
  const { db, running, connection } = gangway;
  const other = await createConnection(db, connection.tenantId, { name: 'hr', profile: 'rfc', policy: {} });
  ({ token } = await issueToken(db, other));
  source = requester(`${running.origin}/scim/v2`, token);
  for (const name of ['ada', 'grace', 'hedy', 'joan', 'mary', 'rosa', 'vera']) await hire(name);
  const { status } = await source('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Navy | Sea',
    members: [{ value: ids.get('grace') }, { value: ids.get('joan') }],
  });
  expect(status).toBe(201);
  proxy = await startFileServer(forwarded());
});
afterAll(async () => {
  await gangway?.stop();
  await proxy?.stop();
});

async function hire(name: string, more: Record<string, unknown> = {}) {
  const { body } = await source('POST', '/Users', scimUser(name, more));
  ids.set(name, body.id);
}

/** Passes on what is asked; `between` is called before each page of people. */
function forwarded(between: (page: number) => Promise<unknown> = async () => {}): FileServer['answer'] {
  let pages = 0;
  return async (req, res) => {
    if (req.url?.includes('/Users')) await between(++pages);
    const headers = { authorization: req.headers.authorization ?? '' };
    const answer = await fetch(`${gangway.running.origin}${req.url}`, { headers });
    const text = await answer.text();
    res
      .writeHead(answer.status, { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  };
}

const settings = (more: Record<string, unknown> = {}) => ({ url: `${proxy.origin}/scim/v2`, pageSize: 3, ...more });
const setScim = (more: Record<string, unknown> = {}) =>
  setFeed(gangway, { kind: 'scim', settings: settings(more), secrets: { token } });
const resourceOf = async (userName: string) => {
  const { rows } = await gangway.db.raw('select document from people where connection_id = ? and user_name = ?', [
    gangway.connection.id,
    userName,
  ]);
  return rows[0]?.document as Record<string, unknown>;
};

describe('S43, S70: a feed reads another SCIM server', { shuffle: false }, () => {
  test('a test says how many people there are, and saves nothing', async () => {
    const body = {
      kind: 'scim',
      settings: settings(),
      secrets: { token },
      schedule: { cron: '@daily', timeZone: 'UTC' },
    };
    const answer = await gangway.admin('POST', feedOf(gangway, '/test'), body);
    expect(answer.body).toMatchObject({ rows: 7, taken: 7, problem: null });
    expect(JSON.stringify(answer.body['notes'])).toMatch(/7 people, read by cursor.*2 of them are in groups/);
    expect((await gangway.admin('GET', feedOf(gangway))).status).toBe(404);
  });

  test('S43, S70: by index, everybody is taken, with managers by their keys and groups by their names', async () => {
    const more = { manager: { value: ids.get('ada') }, department: 'Engines', employeeNumber: '7' };
    await hire('zoe', { title: 'Engineer', [ENTERPRISE]: more });
    await setScim({ paging: 'index' });
    expect(await comesDue(gangway)).toMatchObject({ result: 'done' });
    expect((await runs())[0]?.counts).toMatchObject({ rows: 8, new: 8, rejected: 0 });
    expect(await resourceOf('zoe@example.com')).toMatchObject({
      externalId: 'ext-zoe',
      title: 'Engineer',
      [ENTERPRISE]: { department: 'Engines', employeeNumber: '7', manager: { value: 'ext-ada' } },
    });
    const accounts = await gangway.accounts();
    expect(accounts).toHaveLength(8);
    expect(accounts.filter(({ groups }) => groups.includes('Navy | Sea'))).toHaveLength(2);
  });

  test('S33: by cursor, the same people are the same roster', async () => {
    await setScim({ paging: 'cursor' });
    expect(await comesDue(gangway)).toMatchObject({ result: 'unchanged' });
  });

  test('who is not active there is not active here', async () => {
    await source('PATCH', `/Users/${ids.get('mary')}`, patchOp({ op: 'replace', path: 'active', value: false }));
    expect(await comesDue(gangway)).toMatchObject({ result: 'done' });
    expect((await gangway.accounts()).find(({ email }) => email === 'mary@example.com')?.status).toBe('suspended');
  });

  test.for([
    {
      name: 'somebody is hired while it is read',
      paging: 'index',
      change: () => hire('late1'),
      words: /totalResults was 8 and is 9/,
    },
    {
      name: 'somebody is hired while it is read by cursor',
      paging: 'cursor',
      change: () => hire('late2'),
      words: /totalResults was 9 and is 10/,
    },
    {
      name: 'one leaves from a page that was read, and another comes',
      paging: 'index',
      change: async () => {
        await source('DELETE', `/Users/${ids.get('late1')}`);
        await source('DELETE', `/Users/${ids.get('ada')}`);
        await hire('late3');
        await hire('late4');
      },
      words: /the list has changed while it was read \(number 3 is another/,
    },
  ])('S43: $name: such a list is not believed, and nobody has left', async ({ paging, change, words }) => {
    await setScim({ paging });
    proxy.answer = forwarded(async (page) => page === 2 && change());
    const suspended = (await gangway.accounts()).filter(({ status }) => status === 'suspended').length;
    const last = await comesDue(gangway);
    expect(last).toMatchObject({ result: 'failed', words: expect.stringMatching(words) });
    expect((await runs())[0]).toMatchObject({ state: 'failed', askedBy: 'feed', error: last.words });
    expect((await gangway.accounts()).filter(({ status }) => status === 'suspended')).toHaveLength(suspended);
    proxy.answer = forwarded();
  });

  test.for([
    { name: 'a page that fails', status: 500, body: { detail: 'out of memory' }, words: /500: out of memory/ },
    { name: 'a token that is not taken', status: 401, body: { detail: 'no' }, words: /401/ },
    { name: 'a list that says nothing of its length', status: 200, body: { Resources: [] }, words: /no totalResults/ },
    {
      name: 'fewer people than it says',
      status: 200,
      body: { totalResults: 9, Resources: [] },
      words: /0 in the list, and totalResults says 9/,
    },
    {
      name: 'the same person twice',
      status: 200,
      body: { totalResults: 2, Resources: [{ id: 'a' }, { id: 'a' }] },
      words: /"a" was listed twice/,
    },
  ])('$name ends the fetch', async ({ status, body, words }) => {
    await setScim({ paging: 'index', groups: false });
    proxy.answer = (_req, res) => {
      const text = JSON.stringify(body);
      res
        .writeHead(status, { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(text) })
        .end(text);
    };
    expect(await comesDue(gangway)).toMatchObject({ result: 'failed', words: expect.stringMatching(words) });
    proxy.answer = forwarded();
  });

  test('S43: read again, it is as it is now', async () => {
    await setScim();
    expect(await comesDue(gangway)).toMatchObject({ result: 'done', failures: 0 });
    expect((await gangway.accounts()).find(({ email }) => email === 'ada@example.com')?.status).toBe('suspended');
  });
});
