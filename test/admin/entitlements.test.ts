import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gangway } from '../cli/gangway.ts';
import { auditOf, type RunningServer, runServer } from './running.ts';

let server: RunningServer;
let connection: string;
let tenantId: string;
beforeAll(async () => {
  server = await runServer({ environment: { LOG_LEVEL: 'silent' } });
  tenantId = String((await server.call('POST', '/tenants', { body: { name: 'acme' } })).body['tenantId']);
  connection = String((await server.call('POST', '/connections', { body: { name: 'hr', targets: [] } })).body['id']);
});
afterAll(() => server?.stop());
const deny = (denied: object) => server.call('PUT', '/tenants/acme/denied', { body: { denied } });

describe('S48: what an installation keeps from a tenant', { shuffle: false }, () => {
  test('is nothing at first', async () => {
    const { body } = await server.call('GET', '/tenants');
    expect(body['tenants']).toMatchObject([{ name: 'acme', denied: {} }]);
    expect((await server.call('POST', `/connections/${connection}/tokens`, { body: {} })).status).toBe(201);
  });

  test('is refused with the reason, and what is set up goes on', async () => {
    const { body: token } = await server.call('POST', `/connections/${connection}/tokens`, { body: {} });
    expect((await deny({ scim: 'it is part of the larger plan' })).status).toBe(200);
    const { status, body } = await server.call('POST', `/connections/${connection}/tokens`, { body: {} });
    expect([status, body['code']]).toEqual([403, 'not_entitled']);
    expect(body['detail']).toContain('it is part of the larger plan');
    const asked = await fetch(`${server.origin}/scim/v2/Users`, {
      headers: { authorization: `Bearer ${token['token']}` },
    });
    expect(asked.status).toBe(200);
    expect(await auditOf(server.db, tenantId)).toContain('tenant.deny');
  });

  test.for([{ flying: 'no' }, { scim: '' }, { scim: 7 }])('%j is no such thing', async (denied) => {
    expect((await deny(denied)).status).toBe(422);
  });

  test('the command line keeps and gives, and names what there is to keep', async () => {
    const env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
    const kept = await gangway(['tenant', 'deny', 'acme', 'feeds', 'not before summer'], env);
    expect(kept.stdout.split('\n')).toContain('acme does not have feeds: not before summer');
    const given = await gangway(['tenant', 'allow', 'acme', 'feeds'], env);
    expect(given.stdout).toBe('acme does not have scim: it is part of the larger plan\n');
    const unknown = await gangway(['tenant', 'deny', 'acme', 'flying', 'no'], env);
    expect([unknown.code, unknown.stderr.includes('scim')]).toEqual([1, true]);
  });

  test('operators see it, and only the installation’s key changes it', async () => {
    await server.call('POST', '/technical-users', { body: { name: 'loader', rights: ['integrations'] } });
    const { body: users } = await server.call('GET', '/technical-users');
    const [{ id }] = users['technicalUsers'] as [{ id: string }];
    const key = String((await server.call('POST', `/technical-users/${id}/keys`, { body: {} })).body['key']);
    const refused = await server.call('PUT', '/tenants/acme/denied', { key, body: { denied: {} } });
    expect(refused.status).toBe(403);
    const { body } = await server.call('GET', '/me', { key });
    expect(body['tenants']).toMatchObject([{ denied: { scim: 'it is part of the larger plan' } }]);
  });
});
