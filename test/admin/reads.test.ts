import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countHours, daysSince, percentile } from '../../src/report/hours.ts';
import { type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

type Json = Record<string, unknown>;
type Home = { needs: Record<string, number>; setup: { open: string; command: string; href: string }[]; days: Json[] };
type Event = { id: string; kind: string; what: string; words: string | null; at: string; state: string | null };

let gangway: Gangway;
let ada: string;
let group: string;
beforeAll(async () => {
  gangway = await startGangway();
  ada = String((await gangway.scim('POST', '/Users', scimUser('ada'))).body['id']);
  const bob = String((await gangway.scim('POST', '/Users', scimUser('bob'))).body['id']);
  const members = [{ value: ada }, { value: bob }];
  group = String((await gangway.scim('POST', '/Groups', { displayName: 'Crew', members })).body['id']);
  await gangway.scim('POST', '/Groups', { displayName: 'captains', members: [{ value: group, type: 'Group' }] });
  await settled(gangway.db);
});
afterAll(() => gangway?.stop());

async function get<T = Json>(path: string): Promise<T> {
  const { status, body } = await gangway.admin('GET', path);
  expect([path, status]).toEqual([path, 200]);
  return body as T;
}

test('S13: until a connection is enabled, home names its open step, the command and the place', {
  timeout: 60_000,
}, async () => {
  const { body: made } = await gangway.admin('POST', '/connections', { name: 'second' });
  const steps = async () => (await get<Home>('/home')).setup.map(({ open }) => open);
  expect(await steps()).toEqual(['target']);
  await gangway.admin('PUT', `/connections/${made['id']}/targets/${gangway.targetId}`);
  expect(await steps()).toEqual(['source']);
  const { body: token } = await gangway.admin('POST', `/connections/${made['id']}/tokens`, {});
  expect(await steps()).toEqual(['people']);
  const [open] = (await get<Home>('/home')).setup;
  expect(open).toMatchObject({ command: 'gangway doctor second', href: `/connections/${made['id']}#people` });
  const response = await fetch(`${gangway.running.origin}/scim/v2/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token['token']}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(scimUser('eve')),
  });
  expect(response.status).toBe(201);
  expect(await steps()).toEqual(['enable']);
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  await gangway.admin('POST', `/connections/${made['id']}/tokens`, { expiresAt });
  const whole = await get(`/connections/${made['id']}`);
  expect(whole).toMatchObject({
    state: 'connected',
    targets: [{ id: gangway.targetId, name: 'app', kind: 'sandbox', environment: 'live' }],
    people: { value: 1, exact: true },
    tokenEndsAt: expiresAt,
    setup: { done: ['target', 'source', 'people'], open: 'enable' },
  });
  const { connections } = await get<{ connections: { name: string; people: Json }[] }>('/connections?count=true');
  expect(connections.map(({ name, people }) => [name, people['value']])).toEqual([
    ['idp', 2],
    ['second', 1],
  ]);
  await gangway.admin('POST', `/connections/${made['id']}/enable`);
  expect(await steps()).toEqual([]);
  expect((await get(`/connections/${made['id']}`))['setup']).toMatchObject({ open: null });
  await gangway.admin('POST', `/connections/${made['id']}/disconnect`);
  await settled(gangway.db);
});

describe('days', () => {
  test('hours that are over are counted once, whoever counts, and add up to days', async () => {
    const { db, connection } = gangway;
    const { tenantId } = connection;
    const since = new Date(Date.now() - 86_400_000);
    const uncounted = await daysSince(db, tenantId, since);
    expect(uncounted.reduce((sum, day) => sum + day.joiners, 0)).toBeGreaterThanOrEqual(2);
    const later = new Date(Date.now() + 2 * 3_600_000);
    await Promise.all([1, 2].map(() => countHours(db, tenantId, later)));
    await countHours(db, tenantId, later);
    const days = await daysSince(db, tenantId, since);
    const sum = (all: typeof days) => all.reduce((total, { deliveries }) => total + deliveries, 0);
    expect(sum(days)).toBe(sum(uncounted)); // nothing is lost when it is counted, and nothing is counted twice
    const joiners = days.reduce((sum, day) => sum + day.joiners, 0);
    expect(joiners).toBeGreaterThanOrEqual(2);
    const [day] = days;
    expect(day?.deliveries).toBeGreaterThanOrEqual(2);
    expect(day?.p50Ms).toBeLessThanOrEqual(day?.p95Ms ?? 0);
    expect((await get<Home>('/home')).days).toEqual(days);
  });

  test.for([
    { name: 'no times have no percentile', buckets: [0, 0], share: 0.5, ms: null },
    { name: 'the size that holds the middle', buckets: [1, 2, 1], share: 0.5, ms: 100 },
    { name: 'the size that holds the last', buckets: [95, 5], share: 0.95, ms: 50 },
    { name: 'what took longer than all has no end', buckets: [...Array(13).fill(0), 1], share: 0.5, ms: null },
  ])('$name', ({ buckets, share, ms }) => {
    expect(percentile(buckets, share)).toBe(ms);
  });
});

describe('groups', () => {
  test('go by name, in pages, from a beginning of the name', async () => {
    type Page = { groups: { displayName: string }[]; next: string | null };
    const first = await get<Page>('/groups?limit=1');
    const second = await get<Page>(`/groups?limit=1&cursor=${first.next}`);
    expect([first, second].map(({ groups }) => groups[0]?.displayName)).toEqual(['captains', 'Crew']);
    expect((await get<Page>('/groups?search=CRE')).groups).toMatchObject([{ id: group, displayName: 'Crew' }]);
    expect((await gangway.admin('GET', `/groups?search=a&cursor=${first.next}`)).status).toBe(422);
  });

  test('their members come in pages', async () => {
    type Page = { members: { id: string; name: string }[]; next: string | null };
    const first = await get<Page>(`/groups/${group}/members?limit=1`);
    const second = await get<Page>(`/groups/${group}/members?limit=1&after=${first.next}`);
    const names = [first, second].flatMap(({ members }) => members.map(({ name }) => name));
    expect(names.toSorted()).toEqual(['ada@example.com', 'bob@example.com']);
  });

  test.for(['/groups/ID', '/groups/ID/members', '/people/ID/timeline'])('%s of nobody is not found', async (path) => {
    for (const id of ['abc', gangway.targetId]) {
      expect((await gangway.admin('GET', path.replace('ID', id))).status).toBe(404);
    }
  });
});

describe('audit', () => {
  test('is filtered by subject, action, actor and time, and comes in pages', async () => {
    type Page = { entries: { id: string; action: string; actor: string }[]; next: string | null };
    await gangway.admin('POST', `/people/${ada}/sync`, { actor: 'grace' });
    await gangway.admin('POST', `/people/${ada}/sync`, { actor: 'hopper' });
    const of = async (query: string) => (await get<Page>(`/audit?${query}`)).entries;
    expect(await of(`subject=${ada}&action=person.sync`)).toMatchObject([{ actor: 'hopper' }, { actor: 'grace' }]);
    expect(await of('actor=grace')).toMatchObject([{ action: 'person.sync' }]);
    expect(await of('until=2020-01-01T00:00:00Z')).toEqual([]);
    expect((await of('from=2020-01-01T00:00:00Z')).length).toBeGreaterThan(1);
    const first = await get<Page>(`/audit?subject=${ada}&limit=1`);
    const second = await get<Page>(`/audit?subject=${ada}&limit=1&before=${first.next}`);
    expect([first, second].map(({ entries }) => entries[0]?.actor)).toEqual(['hopper', 'grace']);
    expect((await gangway.admin('GET', '/audit?who=grace')).status).toBe(422);
  });

  test('comes as CSV, too', async () => {
    const { origin, adminKey } = gangway.running;
    const headers = { authorization: `Bearer ${adminKey}`, accept: 'text/csv' };
    const text = await (await fetch(`${origin}/api/v1/audit`, { headers })).text();
    expect(text.split('\r\n')[0]).toBe('id,at,actor,action,subject,detail');
  });
});

describe('one person', () => {
  test('the timeline has what the source said and what was done, page by page, each once', async () => {
    await gangway.scim('PATCH', `/Users/${ada}`, patchOp({ op: 'replace', path: 'title', value: 'Countess' }));
    await settled(gangway.db);
    const whole = await get<{ events: Event[] }>(`/people/${ada}/timeline`);
    expect(whole.events.map(({ kind, what }) => `${kind} ${what}`)).toEqual(
      expect.arrayContaining(['source created', 'source last change', 'action invite', 'action update']),
    );
    expect(whole.events.find(({ what }) => what === 'invite')?.words).toBe('invite ada@example.com');
    const found: string[] = [];
    for (let query = 'limit=1'; ; ) {
      type Page = { events: Event[]; next: { before: string; seen: number } | null };
      const { events, next } = await get<Page>(`/people/${ada}/timeline?${query}`);
      found.push(...events.map(({ kind, id }) => `${kind} ${id}`));
      if (next === null) break;
      query = `limit=1&before=${encodeURIComponent(next.before)}&seen=${next.seen}`;
    }
    expect(found).toEqual(whole.events.map(({ kind, id }) => `${kind} ${id}`));
  });

  test('a look at somebody mends what others changed at the app', async () => {
    const account = (await gangway.accounts()).find(({ email }) => email === 'bob@example.com');
    const { body } = await gangway.admin('GET', '/people?search=bob');
    const [bob] = body['people'] as { id: string }[];
    await gangway.sandbox('PATCH', `/users/${account?.id}`, { displayName: 'Somebody else' });
    expect((await gangway.admin('POST', `/people/${bob?.id}/sync`, {})).status).toBe(202);
    await settled(gangway.db);
    const after = (await gangway.accounts()).find(({ id }) => id === account?.id);
    expect(after?.displayName).not.toBe('Somebody else');
  });

  test('nobody is looked at before the connection is enabled', async () => {
    const { db, connection } = gangway;
    const { body: made } = await gangway.admin('POST', '/connections', { name: 'third' });
    const { rows } = await db.raw<{ rows: { id: string }[] }>(
      `insert into people (tenant_id, connection_id, id, user_name, user_name_key, active, document, search, created_at, modified_at)
       values (:tenantId, :id, gen_random_uuid(), 'x', 'x', true, '{}', '{}', now(), now()) returning id`,
      { tenantId: connection.tenantId, id: String(made['id']) },
    );
    expect((await gangway.admin('POST', `/people/${rows[0]?.id}/sync`, {})).status).toBe(409);
    await gangway.admin('POST', `/connections/${made['id']}/disconnect`);
  });
});
