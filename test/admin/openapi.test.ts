import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi, ROUTES } from '../../src/admin/openapi/document.ts';
import { type AdminOptions, adminRouter } from '../../src/admin/router.ts';
import { createLog } from '../../src/log.ts';
import { createVault } from '../../src/vault.ts';
import { type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

type Layer = { route?: { path: string; methods: Record<string, boolean> } };
type Mountable = { stack: Layer[] };
type Json = Record<string, unknown>;

/** What the router really answers: express forgets where a router was mounted, so it is listened to while it is told. */
function routesOfRouter(): string[] {
  const prototype = Router.prototype as unknown as { use: (...args: unknown[]) => unknown };
  const use = prototype.use;
  const mounts: [path: string, router: Mountable][] = [];
  prototype.use = function (this: unknown, ...args: unknown[]) {
    const [path] = args;
    for (const one of args) if (typeof path === 'string' && isRouter(one)) mounts.push([path, one]);
    return use.apply(this, args);
  };
  try {
    const log = createLog('silent');
    adminRouter({ log, adminKey: 'key', vault: createVault(Buffer.alloc(32)) } as unknown as AdminOptions);
  } finally {
    prototype.use = use;
  }
  return mounts
    .flatMap(([mount, { stack }]) => stack.flatMap(({ route }) => (route ? named(mount, route) : [])))
    .toSorted();
}

function isRouter(value: unknown): value is Mountable {
  return typeof value === 'function' && 'stack' in value;
}

function named(mount: string, { path, methods }: NonNullable<Layer['route']>): string[] {
  const whole = `${mount}${path}`.replace(/\/$/, '').replace(/:(\w+)/g, '{$1}');
  return Object.keys(methods).map((method) => `${method} ${whole}`);
}

describe('the description', () => {
  const document = openApi();
  const operations = Object.entries(document['paths'] as Record<string, Record<string, Json>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

  test('has every route of the router, and no other', () => {
    const routes = [...new Set(routesOfRouter())];
    expect(routes.length).toBeGreaterThan(90);
    expect(ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(routes);
  });

  test('is OpenAPI 3.1: its parts are where they belong, its names are unique, its references lead somewhere', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Gangway', version: 'v1' } });
    const ids = operations.map(({ operation }) => operation['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      expect(path).toMatch(/^\/[a-z{}/A-Z-]+$/);
      const parameters = operation['parameters'] as { name: string; in: string; schema: Json; required?: boolean }[];
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(new Set(parameters.map((one) => `${one.in} ${one.name}`)).size).toBe(parameters.length);
      expect(Object.keys(operation['responses'] as Json).every((status) => /^[1-5]\d\d$/.test(status))).toBe(true);
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => String(ref));
    for (const reference of new Set(references)) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((at, name) => (at as Json)?.[name], document);
      expect([reference, found !== undefined]).toEqual([reference, true]);
    }
  });

  test('says what people may be asked for, with the limits that are checked', () => {
    const list = operations.find(({ path, method }) => path === '/people' && method === 'get');
    const parameters = list?.operation['parameters'] as { name: string; schema: Json }[];
    expect(parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'search',
        'state',
        'connection',
        'group',
        'changedSince',
        'sort',
        'cursor',
        'limit',
        'count',
      ]),
    );
    expect(parameters.find(({ name }) => name === 'search')?.schema).toMatchObject({ type: 'string', maxLength: 200 });
  });
});

/** Routes that this story does not call: their own tests do, and what they answer is described loosely. */
const ELSEWHERE = new Set([
  'get /connections/{id}/requests/{requestId}',
  'put /me',
  'post /notice-list/test',
  'post /connections/{id}/notice-list/test',
  'post /connections/{id}/mapping/test',
  'post /connections/{id}/rosters',
  'post /connections/{id}/positions',
  'post /connections/{id}/roster-profile/propose',
  'get /connections/{id}/feed',
  'put /connections/{id}/feed',
  'delete /connections/{id}/feed',
  'get /connections/{id}/feed/schedule',
  'post /connections/{id}/feed/test',
  'post /connections/{id}/feed/fetch',
  'get /runs/{id}/events',
  'get /runs/{id}/errors',
  'get /runs/{id}/rejects',
  'get /runs/{id}/rows',
  'post /runs/{id}/release',
  'post /runs/{id}/discard',
  'get /holds/{id}',
  'post /holds/{id}/release',
  'post /holds/{id}/discard',
  'get /invites/{id}',
  'post /invites/print',
  'post /invites/{id}/resend',
  'post /invites/{id}/revoke',
  'post /invites/{id}/accept',
  'post /invites/{id}/delivery',
  'post /people/{id}/adopt',
  'post /plans/{id}/apply',
]);

describe('real answers', { shuffle: false }, () => {
  let gangway: Gangway;
  const called = new Set<string>();
  beforeAll(async () => {
    gangway = await startGangway();
  });
  afterAll(() => gangway?.stop());

  /** Calls a route, and holds its answer against the description. */
  async function call(route: string, names: Record<string, string> = {}, body?: unknown, query = ''): Promise<Json> {
    const [method = '', path = ''] = route.split(' ');
    const described = ROUTES.find((one) => one.method === method && one.path === path);
    if (!described) throw new Error(`no description of ${route}`);
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ''));
    const { status, body: answer } = await gangway.admin(method.toUpperCase(), `${filled}${query}`, body);
    const accepted = described.status === 200 && method === 'put' ? [200, 201] : [described.status];
    expect([route, accepted.includes(status), status >= 400 ? answer : null]).toEqual([route, true, null]);
    if (described.answer) expect([route, described.answer.safeParse(answer).error?.issues ?? []]).toEqual([route, []]);
    called.add(route);
    return answer;
  }

  test('are as they are described', async () => {
    const { id } = gangway.connection;
    const { body: user } = await gangway.scim('POST', '/Users', scimUser('ada'));
    const { body: group } = await gangway.scim('POST', '/Groups', {
      displayName: 'crew',
      members: [{ value: user['id'] }],
    });
    await settled(gangway.db);
    const person = { id: String(user['id']) };
    for (const { method, path } of ROUTES) {
      if (method === 'get' && !path.includes('{')) await call(`get ${path}`);
      const own = path.startsWith('/connections/{id}/') && !ELSEWHERE.has(`get ${path}`);
      if (method === 'get' && own) await call(`get ${path}`, { id });
      if (method === 'get' && path.startsWith('/people/{id}')) await call(`get ${path}`, person);
      if (method === 'get' && path.startsWith('/groups/{id}')) await call(`get ${path}`, { id: String(group['id']) });
    }
    await call('get /people', {}, undefined, '?search=ada&count=true');
    await call('get /people', {}, undefined, '?state=waiting');
    await call('post /people/{id}/sync', person, {});
    await call('post /people/{id}/invite', person, {});
    await call('post /invites/batch', {}, { people: [person.id] });
    const byHand = await call('post /people/{id}/memberships', person, { group: 'by hand' });
    expect(byHand['owner']).toBe('manual');
    await call('delete /people/{id}/memberships', person, undefined, '?group=by+hand');
    await gangway.scim('PATCH', `/Users/${person.id}`, patchOp({ op: 'replace', path: 'active', value: false }));
    await settled(gangway.db);
    await call('post /people/{id}/recover', person, {});
    await call('post /people/{id}/follow', person, {});
    await settled(gangway.db);
    const { events } = (await call('get /people/{id}/timeline', person)) as { events: Json[] };
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['source', 'action', 'audit']));

    const { body: policy } = await gangway.admin('GET', `/connections/${id}/policy`);
    const { body: mapping } = await gangway.admin('GET', `/connections/${id}/mapping`);
    await call('put /connections/{id}/policy', { id }, policy['set']);
    await call('post /connections/{id}/policy/preview', { id }, policy['set']);
    await call('put /connections/{id}/mapping', { id }, mapping['mapping']);
    await call('post /connections/{id}/mapping/preview', { id }, mapping['mapping']);
    await call('put /connections/{id}/roster-profile', { id }, {});
    await call('get /connections/{id}/feed/schedule', { id }, undefined, '?cron=0+3+*+*+1-5&timeZone=Europe/Berlin');
    await call('put /connections/{id}/notice-list', { id }, { recipients: [] });
    await call('post /connections/{id}/opening-check', { id }, {});
    await call('put /connections/{id}/request-log', { id }, { until: null });
    await call('put /notice-list', {}, { recipients: [] });
    await call('put /policy', {}, {});
    const { runs } = (await call('post /connections/{id}/reconcile', { id }, {})) as { runs: { id: string }[] };
    await call('get /runs/{id}', { id: runs[0]?.id ?? '' });

    const plan = await call('post /plans', {}, { actor: 'ada', change: { kind: 'invite', people: [person.id] } });
    await call('get /plans/{id}', { id: String(plan['id']) });
    await call('post /plans/{id}/approve', { id: String(plan['id']) }, { actor: 'bob' });
    await call('post /plans/{id}/discard', { id: String(plan['id']) }, { actor: 'bob' });
    const urn = 'urn:example:params:scim:schemas:extension:crew:2.0:User';
    const extension = { urn, name: 'Crew', resourceType: 'User', attributes: [{ name: 'berth', type: 'string' }] };
    await call('put /extensions/{urn}', { urn }, extension);
    await call('get /extensions/{urn}', { urn });
    await call('delete /extensions/{urn}', { urn });

    const target = await call('post /targets', {}, { name: 'second', kind: 'sandbox' });
    await call('post /targets/{id}/check', { id: String(target['id']) }, {});
    await call('get /targets/{id}', { id: String(target['id']) });
    await call('patch /targets/{id}', { id: String(target['id']) }, { name: 'third' });
    const account = { id: String(target['id']), remoteId: 'nobody' };
    await call('get /targets/{id}/accounts/{remoteId}/managed', account);
    await call('post /targets/{id}/badges', account, { accounts: ['nobody'] });
    await call('post /targets/{id}/badge-key', account, {});
    const made = await call('post /connections', {}, { name: 'another' });
    const madeId = String(made['id']);
    await call('put /connections/{id}/targets/{targetId}', { id: madeId, targetId: String(target['id']) });
    await call('delete /connections/{id}/targets/{targetId}', { id: madeId, targetId: String(target['id']) });
    await call('delete /targets/{id}', { id: String(target['id']) });
    await call('patch /connections/{id}', { id: madeId }, { name: 'renamed' });
    await call('get /connections/{id}', { id: madeId });
    const token = await call('post /connections/{id}/tokens', { id: madeId }, {});
    await call('delete /tokens/{id}', { id: String(token['id']) });
    const client = await call('post /connections/{id}/clients', { id: madeId }, {});
    await call('delete /clients/{id}', { id: String(client['id']) });
    for (const step of ['enable', 'pause', 'disconnect', 'connect']) {
      await call(`post /connections/{id}/${step}`, { id: madeId });
    }
    const operator = await call('post /operators', {}, { name: 'ada', rights: ['people'] });
    const operatorId = { id: String(operator['id']) };
    await call('put /operators/{id}/role', operatorId, { rights: ['audit'] });
    await call('post /operators/{id}/link', operatorId, {});
    await call('get /operators/{id}/sessions', operatorId);
    await call('delete /operators/{id}/sessions', operatorId);
    await call('delete /operators/{id}', operatorId);
    const technical = {
      id: String((await call('post /technical-users', {}, { name: 'loader', rights: ['audit'] }))['id']),
    };
    await call('post /technical-users/{id}/keys', technical, {});
    const rotated = await call('post /technical-users/{id}/keys/rotate', technical, {});
    await call('get /technical-users/{id}/keys', technical);
    await call('delete /technical-users/{id}/keys/{keyId}', { ...technical, keyId: String(rotated['id']) });
    await call('delete /technical-users/{id}', technical);
    const stream = await call('post /event-streams', {}, { name: 'poll', kind: 'set-poll', audience: 'them' });
    const streamId = { id: String(stream['id']) };
    await call('get /event-streams/{id}', streamId);
    await call('patch /event-streams/{id}', streamId, { name: 'fetched' });
    await call('post /event-streams/{id}/rotate', streamId, {});
    await call('delete /event-streams/{id}', streamId);
    await call('post /signing-keys/rotate', {}, {});
    const { tenants } = await call('get /tenants');
    const [{ tenantId }] = tenants as [{ tenantId: string }];
    await call('put /tenants/{id}/denied', { id: tenantId }, { denied: { feeds: 'not yet' } });
    await call('post /tenants', {}, { name: 'another' });
  });

  test('of every route were looked at, but for those that are named', () => {
    const missing = ROUTES.map(({ method, path }) => `${method} ${path}`).filter((route) => !called.has(route));
    expect(missing.filter((route) => !ELSEWHERE.has(route))).toEqual([]);
  });

  test('the document and the page come from here alone, without a key, under a strict policy', async () => {
    const { origin } = gangway.running;
    const document = await fetch(`${origin}/api/v1/openapi.json`);
    expect(await document.json()).toEqual(JSON.parse(JSON.stringify(openApi())));
    const page = await fetch(`${origin}/api/docs`);
    const text = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).not.toMatch(/<script|https?:|style=/);
    for (const [, href] of text.matchAll(/href="(\/[^"]+)"/g)) {
      expect([href, (await fetch(`${origin}${href}`)).status]).toEqual([href, 200]);
    }
  });
});

test('every route that the documentation shows is described', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');
  const shown = [...text.matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/[^`?]*)/g)];
  const known = new Set(ROUTES.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, 'ID')}`));
  expect(shown.length).toBeGreaterThan(5);
  for (const [, method = '', path = ''] of shown) expect(known).toContain(`${method.toLowerCase()} ${path}`);
});
