import { expect, test } from 'vitest';
import { ada, call, connect, type Received, smallest, target } from './rest-support.ts';

const { operations, account } = smallest;
const lines = (received: readonly Received[]) => received.map((request) => `${request.method} ${request.url}`);
const newcomer = { email: 'ada@example.org', attributes: { givenName: 'Ada' }, groups: [] };

test('an invite without an id in its answer looks for the account, and then sets the rest', async () => {
  const { url, received } = await target(({ method }) => ({ body: method === 'POST' ? '' : { users: [ada] } }));
  const invite = { request: 'POST /users/invite', followedBy: ['search', 'update'] };
  const connector = connect(url, { operations: { ...operations, invite } });
  expect(await connector.invite(newcomer, call())).toEqual({ remoteId: '7' });
  expect(lines(received)).toEqual(['POST /users/invite', 'GET /users?mail=ada%40example.org', 'PATCH /users/7']);
});

test('an invited account that is not to be found yet is target_busy', async () => {
  const { url } = await target(() => ({ body: { users: [] } }));
  const invite = { request: 'POST /users/invite', followedBy: ['search'] };
  const inviting = connect(url, { operations: { ...operations, invite } }).invite(newcomer, call());
  await expect(inviting).rejects.toMatchObject({ code: 'target_busy' });
});

test('an invite that looks first does not invite who is there', async () => {
  const { url, received } = await target(() => ({ body: { users: [ada] } }));
  const invite = { ...operations.invite, lookFirst: true };
  const inviting = connect(url, { operations: { ...operations, invite } }).invite(newcomer, call());
  await expect(inviting).rejects.toMatchObject({ code: 'account_exists' });
  expect(received).toHaveLength(1);
});

test.for([
  { name: 'without an id', body: { ok: true } },
  { name: 'with an empty id', body: { id: '' } },
  { name: 'with nothing', body: '' },
])('an invite answered $name is target_down: it is tried again under its key', async ({ body }) => {
  const { url } = await target(() => ({ status: 201, body }));
  await expect(connect(url).invite(newcomer, call())).rejects.toMatchObject({ code: 'target_down' });
});

const leaving = {
  operations: {
    ...operations,
    suspend: { request: 'POST /users/{{ id }}/off' },
    resume: { request: 'POST /users/{{ id }}/on' },
  },
  onSuspend: [
    { request: 'POST /cards/{{ id }}/freeze' },
    { name: 'end sessions', request: 'DELETE /sessions', query: { user: '{{ id }}' }, whileHeld: true },
  ],
  onResume: [{ request: 'POST /hello/{{ id }}' }],
  errors: [{ on: ['onSuspend'], when: 'status == 404 && body.code == "no_card"', means: 'gone' }],
  idempotencyHeader: 'Idempotency-Key',
};

test('S9: a suspend is one request; its side effects are requests of their own', async () => {
  const { url, received } = await target(({ url }) =>
    url.includes('cards') ? { status: 404, body: { code: 'no_card' } } : {},
  );
  const connector = connect(url, leaving);
  await connector.suspend('7', call('k'));
  for (const [index, { name }] of connector.capabilities.effects.suspend.entries()) {
    await connector.effect('7', { after: 'suspend', name }, call(`k${index}`));
  }
  expect(lines(received)).toEqual(['POST /users/7/off', 'POST /cards/7/freeze', 'DELETE /sessions?user=7']);
  expect(received.map((request) => request.headers['idempotency-key'])).toEqual(['k', 'k0', 'k1']);
});

test('a side effect that fails says so, and one that nobody declared is refused', async () => {
  const { url } = await target(({ url }) => ({ status: url.includes('cards') ? 503 : 200 }));
  const connector = connect(url, leaving);
  const freeze = { after: 'suspend', name: 'POST /cards/{{ id }}/freeze' } as const;
  await expect(connector.effect('7', freeze, call())).rejects.toMatchObject({ code: 'target_down' });
  const unknown = { ...freeze, after: 'resume' } as const;
  await expect(connector.effect('7', unknown, call())).rejects.toMatchObject({ code: 'target_refused' });
});

test('a resume has its own', async () => {
  const { url, received } = await target(() => ({}));
  await connect(url, leaving).effect('7', { after: 'resume', name: 'POST /hello/{{ id }}' }, call());
  expect(lines(received)).toEqual(['POST /hello/7']);
});

test('a target where a group is a field needs no more than CEL', async () => {
  let tags = ['a'];
  const { url, received } = await target(({ method, body }) => {
    if (method === 'PATCH') tags = JSON.parse(body).tags;
    return { body: { ...ada, tags } };
  });
  const set = (value: string, skipWhen: string) => ({
    request: 'PATCH /users/{{ id }}',
    skipWhen,
    body: { tags: value },
  });
  const connector = connect(url, {
    account: { ...account, groups: 'item.tags' },
    operations: {
      ...operations,
      grant: set('{{ item.tags + [group.name] }}', 'group.name in item.tags'),
      revoke: set('{{ item.tags.filter(tag, tag != group.name) }}', '!(group.name in item.tags)'),
    },
  });
  await connector.grant('7', 'b', call());
  await connector.grant('7', 'b', call());
  expect(tags).toEqual(['a', 'b']);
  await connector.revoke('7', 'a', call());
  await connector.revoke('7', 'a', call());
  expect(tags).toEqual(['b']);
  expect(received.filter((request) => request.method === 'PATCH')).toHaveLength(2);
});

const grouped = {
  account: { ...account, groups: 'item.teams' },
  group: { id: 'item.id', name: 'item.name' },
  operations: {
    ...operations,
    groupSearch: { request: 'GET /teams', query: { name: '{{ group.name }}' }, items: 'body' },
    groupCreate: { request: 'POST /teams', body: { name: '{{ group.name }}' }, item: 'body' },
    grant: { request: 'PUT /teams/{{ group.id }}/{{ id }}' },
    revoke: { request: 'DELETE /teams/{{ group.id }}/{{ id }}' },
  },
};

test('a group is looked up once a minute', async () => {
  const { url, received } = await target(({ url }) => ({
    body: url.startsWith('/teams?') ? [{ id: 1, name: 'Ops' }] : {},
  }));
  let now = 0;
  const connector = connect(url, grouped, { now: () => now });
  await connector.grant('7', 'Ops', call());
  await connector.revoke('7', 'Ops', call());
  now = 60_001;
  await connector.grant('8', 'Ops', call());
  const look = 'GET /teams?name=Ops';
  expect(lines(received)).toEqual([look, 'PUT /teams/1/7', 'DELETE /teams/1/7', look, 'PUT /teams/1/8']);
});

test('a missing group is made for a grant, and not for a revoke', async () => {
  const { url, received } = await target(({ method }) => ({ body: method === 'POST' ? { id: 3, name: 'Ops' } : [] }));
  const connector = connect(url, grouped);
  await connector.revoke('7', 'Ops', call());
  await connector.grant('7', 'Ops', call());
  const look = 'GET /teams?name=Ops';
  expect(lines(received)).toEqual([look, look, 'POST /teams', 'PUT /teams/3/7']);
});

test('a group that somebody else makes meanwhile is used', async () => {
  let made = false;
  const { url, received } = await target(({ method }) => {
    if (method !== 'POST') return { body: made ? [{ id: 4, name: 'Ops' }] : [] };
    made = true;
    return { status: 409 };
  });
  await connect(url, grouped).grant('7', 'Ops', call());
  expect(lines(received).at(-1)).toBe('PUT /teams/4/7');
});

test('a group deleted and made anew is looked up again', async () => {
  let id = 1;
  const { url, received } = await target(({ url }) => {
    if (url.startsWith('/teams?')) return { body: [{ id, name: 'Ops' }] };
    return { status: url.startsWith(`/teams/${id}/`) ? 204 : 404, body: url.startsWith(`/teams/${id}/`) ? '' : {} };
  });
  const connector = connect(url, grouped);
  await connector.grant('7', 'Ops', call());
  id = 2;
  await connector.grant('7', 'Ops', call());
  expect(lines(received).at(-1)).toBe('PUT /teams/2/7');
  id = 3;
  await connector.revoke('7', 'Ops', call());
  expect(lines(received).at(-1)).toBe('DELETE /teams/3/7');
});

test('two groups of one name are refused', async () => {
  const { url } = await target(() => ({
    body: [
      { id: 1, name: 'Ops' },
      { id: 2, name: 'Ops' },
    ],
  }));
  await expect(connect(url, grouped).grant('7', 'Ops', call())).rejects.toMatchObject({ code: 'target_refused' });
});

test('a group of another name, answered by a filter that was ignored, is not taken', async () => {
  const { url, received } = await target(({ method }) => ({
    body: method === 'POST' ? { id: 9, name: 'Ops' } : [{ id: 1, name: 'Admins' }],
  }));
  await connect(url, grouped).grant('7', 'Ops', call());
  expect(lines(received).at(-1)).toBe('PUT /teams/9/7');
});
