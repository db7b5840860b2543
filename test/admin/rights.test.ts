import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permits } from '../../src/access/permit.ts';
import { DEMANDS } from '../../src/admin/rights.ts';
import { adminRouter } from '../../src/admin/router.ts';
import type { Principal, Right } from '../../src/model/principal.ts';
import { type RunningServer, runServer } from './running.ts';

const UNKNOWN = '01a20000-0000-7000-8000-000000000000';
const ROLES = ['people', 'integrations', 'audit', 'rosters', 'badges', 'people+integrations'] as const;
type Role = (typeof ROLES)[number];

let server: RunningServer;
let connectionId: string;
let targetId: string;
const keys = new Map<Role, string>();

beforeAll(async () => {
  server = await runServer();
  for (const name of ['ours', 'theirs']) await server.call('POST', '/tenants', { body: { name } });
  connectionId = (await server.call('POST', '/connections', { tenant: 'ours', body: { name: 'idp' } })).body.id;
  const target = { name: 'app', kind: 'sandbox' };
  targetId = (await server.call('POST', '/targets', { tenant: 'ours', body: target })).body.id;
  for (const role of ROLES) keys.set(role, await keyOf(role));
});
afterAll(() => server.stop());

const rightsOf = (role: Role) => role.split('+') as Right[];

async function keyOf(role: Role): Promise<string> {
  const bound = role === 'rosters' ? { connectionId } : role === 'badges' ? { targetId } : {};
  const body = { name: role, rights: rightsOf(role), ...bound };
  const { id } = (await server.call('POST', '/technical-users', { tenant: 'ours', body })).body;
  const made = await server.call('POST', `/technical-users/${id}/keys`, { tenant: 'ours' });
  return String(made.body['key']);
}

type Layer = { route?: { path: string; methods: Record<string, boolean> }; handle: { stack?: Layer[] } };

/** Every route that the real router has, however it is mounted. */
function routesOf(): string[] {
  const mounted = mountsOf();
  return mounted.flatMap(({ at, stack }) =>
    stack.flatMap(({ route }) =>
      route
        ? Object.keys(route.methods).map(
            (method) => `${method.toUpperCase()} ${`${at}${route.path}`.replace(/\/$/, '')}`,
          )
        : [],
    ),
  );
}

/** A mounted router forgets its path, so it is asked which of the paths in the source it answers to. */
function mountsOf(): { at: string; stack: Layer[] }[] {
  const source = readFileSync(join(import.meta.dirname, '../../src/admin/router.ts'), 'utf8');
  const paths = [...source.matchAll(/router\.use\(\s*'(\/[\w-]+)'/g)].map(([, path = '']) => path);
  // it is never asked anything: only its shape is looked at
  const options = { db: {}, log: {}, adminKey: 'x', publicUrl: () => '' } as unknown as Parameters<
    typeof adminRouter
  >[0];
  const { stack } = adminRouter(options) as unknown as { stack: (Layer & { match(path: string): boolean })[] };
  return stack.flatMap((layer) => {
    if (!layer.handle.stack || layer.match('/no-such-path')) return [];
    const at = paths.find((path) => layer.match(path));
    return [{ at: at ?? 'a router at a path that nobody knows', stack: layer.handle.stack }];
  });
}

test('every route of the admin API declares what it needs, and nothing else is declared', () => {
  const routes = [...new Set(routesOf())].toSorted();
  expect(routes.length).toBeGreaterThan(90);
  expect(routes).toEqual(Object.keys(DEMANDS).toSorted());
});

test('the plans of every kind have a need of their own', () => {
  const folder = join(import.meta.dirname, '../../src/admin/plans');
  const look = readFileSync(join(folder, 'look.ts'), 'utf8');
  const kinds = [...(/PLAN_KINDS[\s\S]*?\{([\s\S]*?)\}\)/.exec(look)?.[1] ?? '').matchAll(/'?([\w-]+)'?: \w+Plan/g)];
  const rights = readFileSync(join(folder, 'rights.ts'), 'utf8');
  expect(readdirSync(folder)).toContain('rights.ts');
  expect(kinds.length).toBe(8);
  for (const [, kind] of kinds) expect(rights).toMatch(new RegExp(`'?${kind}'?: \\[`));
});

const split = (route: string) => route.split(' ') as [string, string];
const filled = (path: string, id = UNKNOWN) => path.replace(/:\w+/g, id);

describe('S12: rights are separate', () => {
  test.for(Object.keys(DEMANDS).flatMap((route) => ROLES.map((role) => [role, route] as const)))(
    '%s asks %s',
    async ([role, route]) => {
      const [method, path] = split(route);
      const key = keys.get(role) ?? '';
      const principal: Principal = {
        kind: 'technical',
        id: '',
        name: role,
        roles: new Map([['ours', rightsOf(role)]]),
        connectionId: null,
        targetId: null,
      };
      const { need = [], anywhere = false, installation = false } = DEMANDS[route] ?? {};
      const { status } = await server.call(method, filled(path), {
        tenant: 'ours',
        key,
        body: method === 'GET' ? undefined : {},
      });
      if (!installation && permits(principal, 'ours', need)) {
        expect([401, 403]).not.toContain(status);
        expect(status).toBeLessThan(500);
        if (method === 'GET') expect(path.includes(':') ? [404] : [200]).toContain(status);
      } else expect(status).toBe(403);
      const foreign = await server.call(method, filled(path), {
        tenant: 'theirs',
        key,
        body: method === 'GET' ? undefined : {},
      });
      expect(foreign.status).toBe(anywhere ? status : 404);
    },
  );

  test('S12: enabling needs both rights', async () => {
    const path = `/connections/${connectionId}/enable`;
    const as = async (role: Role) =>
      (await server.call('POST', path, { tenant: 'ours', key: keys.get(role) ?? '' })).status;
    expect([await as('people'), await as('integrations')]).toEqual([403, 403]);
    expect(await as('people+integrations')).toBe(200);
  });

  test('S12: a plan needs the rights of what it changes', async () => {
    const plan = (role: Role, change: object) =>
      server.call('POST', '/plans', { tenant: 'ours', key: keys.get(role) ?? '', body: { change } });
    const policy = { kind: 'policy', connectionId, policy: { guard: 'off' } };
    expect((await plan('people', policy)).status).toBe(403);
    const made = await plan('integrations', policy);
    expect([made.status, made.body['createdBy']]).toEqual([201, 'integrations']);
    const decided = await server.call('POST', `/plans/${made.body.id}/discard`, {
      tenant: 'ours',
      key: keys.get('people') ?? '',
    });
    expect(decided.status).toBe(403);
  });
});

test('a spelling of a path gets nobody past its demand', async () => {
  const key = keys.get('audit') ?? '';
  for (const path of ['/TOKENS/', '/Connections/', '/connections//', '/%63onnections']) {
    const { status } = await server.call('POST', path, { tenant: 'ours', key, body: { name: 'sly' } });
    expect([403, 404]).toContain(status);
  }
});

test('S36: who sends rosters sees nothing of another connection', async () => {
  const key = keys.get('rosters') ?? '';
  const other = (await server.call('POST', '/connections', { tenant: 'ours', body: { name: 'other' } })).body.id;
  const push = async (id: string) => {
    const response = await fetch(`${server.origin}/api/v1/connections/${id}/rosters?dryRun=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
      body: 'number,mail,given,family\n1,ada@example.com,Ada,Lovelace\n',
    });
    return { status: response.status, body: (await response.json()) as { run?: { id: string; askedBy: string } } };
  };
  const columns = { number: 'employeeNumber', mail: 'email', given: 'givenName', family: 'familyName' };
  const profile = { columns, key: 'employeeNumber', userName: 'email' };
  await server.call('PUT', `/connections/${connectionId}/roster-profile`, { tenant: 'ours', body: profile });
  expect((await push(other)).status).toBe(404);
  const { status, body } = await push(connectionId);
  expect([status, body.run?.askedBy]).toEqual([202, 'rosters']);
  expect((await server.call('GET', `/runs/${body.run?.id}`, { key })).status).toBe(200);
  const errors = await fetch(`${server.origin}/api/v1/runs/${body.run?.id}/errors`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(errors.status).toBe(200);
  expect((await server.call('GET', '/connections', { key })).status).toBe(403);
  expect((await server.call('GET', '/me', { key })).body).toMatchObject({
    kind: 'technical',
    name: 'rosters',
    connection: { id: connectionId, name: 'idp' },
  });
});

test('S11, S36: a program of an app sees what manages the app’s accounts, and nothing of another target', async () => {
  const key = keys.get('badges') ?? '';
  const body = { name: 'another app', kind: 'sandbox' };
  const other = (await server.call('POST', '/targets', { tenant: 'ours', body })).body.id;
  const managed = (id: string) => server.call('GET', `/targets/${id}/accounts/r1/managed`, { key });
  expect(await managed(targetId)).toMatchObject({ status: 200, body: { account: 'r1', managed: false } });
  expect((await managed(other)).status).toBe(404);
  const badges = (id: string) => server.call('POST', `/targets/${id}/badges`, { key, body: { accounts: ['r1'] } });
  expect([(await badges(targetId)).status, (await badges(other)).status]).toEqual([200, 404]);
  expect((await server.call('GET', '/targets', { key })).status).toBe(403);
  expect((await server.call('GET', '/me', { key })).body).toMatchObject({ kind: 'technical', connection: null });
});

test('with a key nobody can name another one as who does it', async () => {
  const key = keys.get('people+integrations') ?? '';
  const change = { kind: 'policy', connectionId, policy: {} };
  const sly = await server.call('POST', '/plans', { tenant: 'ours', key, body: { change, actor: 'somebody else' } });
  expect([sly.status, sly.body['code']]).toEqual([403, 'not_permitted']);
  const own = await server.call('POST', '/plans', {
    tenant: 'ours',
    key,
    body: { change, actor: 'People+Integrations' },
  });
  expect([own.status, own.body['createdBy']]).toEqual([201, 'people+integrations']);
});
