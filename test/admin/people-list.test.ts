import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/directory/stored.ts';
import { aScope, columnsOf, group, person } from '../support/directory.ts';
import { type Body, type RunningServer, runServer } from './running.ts';

let server: RunningServer;
let scope: Scope;
let ids: string[];
let groupId: string;

type Listed = { id: string; userName: string; targets: { syncState: string }[] };

beforeAll(async () => {
  server = await runServer();
  scope = await aScope(server.db);
  const add = (userName: string, more: Parameters<typeof columnsOf>[1] = {}, familyName?: string) => {
    const search = JSON.stringify({ ...more, name: { familyName } });
    return person(server.db, scope, { ...columnsOf(userName, { ...more, search }) });
  };
  ids = [
    await add('ada@example.com', { email: 'ada.work@example.com', displayName: 'Ada Lovelace' }, 'lovelace'),
    await add('Bob@example.com', { email: 'bob@example.com', externalId: 'HR-7' }),
    await add('adam@example.com', { displayName: 'Ödön von Horváth' }, 'horváth'),
    await add('li@example.com', { displayName: '李小龍', active: false }),
    await add('eve@example.com', { displayName: '=1+1' }),
  ];
  groupId = await group(server.db, scope, [ids[0] ?? '', ids[4] ?? '']);
});
afterAll(() => server.stop());

async function list(query: Record<string, string>): Promise<Body & { people: Listed[] }> {
  const { status, body } = await server.call('GET', `/people?${new URLSearchParams(query)}`);
  expect([status, body['detail']]).toEqual([200, undefined]);
  return body as Body & { people: Listed[] };
}
const names = async (query: Record<string, string>) => (await list(query)).people.map(({ userName }) => userName);

describe('search', () => {
  test.for([
    ['the beginning of a user name', 'ada@', ['ada@example.com']],
    ['letter case aside', 'BOB', ['Bob@example.com']],
    ['the beginning of an address', 'ada.w', ['ada@example.com']],
    ['two people, each once, though one is found by three keys', 'ada', ['ada@example.com', 'adam@example.com']],
    ['a family name', 'Love', ['ada@example.com']],
    ['a family name with accents', 'HORVÁ', ['adam@example.com']],
    ['an accent in two pieces', 'O\u0308do\u0308n', ['adam@example.com']],
    ['another script', '李', ['li@example.com']],
    ['an external id', 'hr-7', ['Bob@example.com']],
    ['nobody', 'nobody', []],
    ['signs that mean something in patterns', '%', []],
    ['signs that mean something in names', '_', []],
  ] as const)('finds by %s', async ([_, search, found]) => {
    expect(await names({ search })).toEqual(found);
  });

  test('goes together with a state, a group and a connection', async () => {
    expect(await names({ search: '李', state: 'active' })).toEqual([]);
    expect(await names({ search: '李', state: 'inactive' })).toEqual(['li@example.com']);
    expect(await names({ search: 'ada', group: groupId })).toEqual(['ada@example.com']);
    expect(await names({ search: 'ada', connection: groupId })).toEqual([]);
  });
});

describe('lists', () => {
  test('by name, and the other way round', async () => {
    const sorted = ['ada@example.com', 'adam@example.com', 'Bob@example.com', 'eve@example.com', 'li@example.com'];
    expect(await names({ sort: 'userName' })).toEqual(sorted);
    expect(await names({ sort: '-userName' })).toEqual(sorted.toReversed());
  });

  test.for([{ sort: 'userName' }, { sort: '-changed' }, { sort: 'created' }, { search: 'a' }, { group: '' }])(
    'pages of one go forth and back over everybody once: %j',
    async (query) => {
      const asked: Record<string, string> = 'group' in query ? { group: groupId } : query;
      const whole = await names(asked);
      const forth: string[] = [];
      let page = await list({ ...asked, limit: '1' });
      const back: string[] = [];
      for (; ; page = await list({ ...asked, limit: '1', cursor: String(page['next']) })) {
        forth.push(...page.people.map(({ userName }) => userName));
        if (page['next'] === null) break;
      }
      for (; page['previous'] !== null; ) {
        page = await list({ ...asked, limit: '1', cursor: String(page['previous']) });
        back.unshift(...page.people.map(({ userName }) => userName));
      }
      expect(forth).toEqual(whole);
      expect(back).toEqual(whole.slice(0, -1));
    },
  );

  test('who was changed since, the first change first', async () => {
    const { people } = await list({ sort: 'created' });
    const modified = (people as unknown as { modifiedAt: string }[]).map(({ modifiedAt }) => modifiedAt);
    expect(await names({ changedSince: modified[3] ?? '' })).toEqual(['li@example.com', 'eve@example.com']);
  });

  test('who is in a state', async () => {
    const { db } = server;
    expect(await names({ state: 'inactive' })).toEqual(['li@example.com']);
    expect(await names({ state: 'suspended' })).toEqual([]);
    await db.raw(
      `insert into links (tenant_id, target_id, person_id, connection_id, remote_id, state, origin, created_at)
       select tenant_id, target_id, :id, connection_id, 'r1', 'suspended', 'invited', now() from connection_targets`,
      { id: ids[3] },
    );
    expect(await names({ state: 'suspended' })).toEqual(['li@example.com']);
    expect(await names({ state: 'invited' })).toEqual([]);
  });

  test('who is deleted is listed where that is asked, and nowhere else', async () => {
    const gone = await person(server.db, scope, columnsOf('gone@example.com'));
    await server.db.raw('update people set deleted_at = now(), active = false where id = ?', [gone]);
    expect(await names({ state: 'deleted' })).toEqual(['gone@example.com']);
    for (const query of [{}, { sort: 'userName' }, { sort: 'changed' }, { state: 'inactive' }, { search: 'gone' }]) {
      expect(await names(query as Record<string, string>)).not.toContain('gone@example.com');
    }
  });

  test('everybody is counted where that is asked', async () => {
    expect((await list({ count: 'true' }))['count']).toEqual({ value: 5, exact: true });
    expect((await list({ search: 'ada', count: 'true' }))['count']).toEqual({ value: 2, exact: true });
  });

  test.for([
    { sort: 'age' },
    { limit: '0' },
    { search: 'a', sort: 'userName' },
    { cursor: 'abc' },
    { state: 'gone' },
    { serach: 'a' },
    { search: '\0' },
  ] as Record<string, string>[])('%j is refused', async (query) => {
    const { status, type } = await server.call('GET', `/people?${new URLSearchParams(query)}`);
    expect([status, type]).toEqual([422, 'application/problem+json; charset=utf-8']);
  });

  test('a cursor is good for its own list alone', async () => {
    const { next } = await list({ sort: 'userName', limit: '1' });
    const other = new URLSearchParams({ sort: '-userName', limit: '1', cursor: String(next) });
    expect((await server.call('GET', `/people?${other}`)).status).toBe(422);
  });
});

test('as CSV it is the whole list, and no spreadsheet runs a name', async () => {
  const response = await fetch(`${server.origin}/api/v1/people?sort=userName&limit=1`, {
    headers: { authorization: `Bearer ${server.adminKey}`, accept: 'text/csv' },
  });
  const lines = (await response.text()).trim().split('\r\n');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(lines).toHaveLength(6);
  expect(lines[4]).toContain(`,'=1+1,`);
});
