import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTarget } from '../../../src/directory/targets.ts';
import { gangway as command } from '../../cli/gangway.ts';
import { adminOf } from '../../support/admin.ts';
import { type Gangway, scimUser, settled, startGangway } from '../../support/gangway.ts';

// a second system to try things with, beside the one that is live
describe('S40: a second system to test with', { shuffle: false }, () => {
  let gangway: Gangway;
  let tenantId: string;
  let connectionId: string;
  let admin: ReturnType<typeof adminOf>;
  beforeAll(async () => {
    gangway = await startGangway();
    const made = await adminOf(gangway)('POST', '/tenants', { name: 'acme tests', environment: 'test' });
    expect(made.status).toBe(201);
    tenantId = String(made.body['tenantId']);
    admin = adminOf(gangway, tenantId);
    const connection = await admin('POST', '/connections', { name: 'idp', policy: { preset: 'employee-programme' } });
    connectionId = String(connection.body['id']);
  });
  afterAll(() => gangway?.stop());

  const accountOf = async (name: string) =>
    (await gangway.accounts()).find(({ email }) => email === `${name}@example.com`);

  test('S40: has no live target of its own: the refusal says why, and how to mend it', async () => {
    const { status, body } = await admin('POST', '/targets', { name: 'app', kind: 'sandbox' });
    expect([status, body['code']]).toEqual([409, 'live_target']);
    expect(body['detail']).toMatch(/"acme tests" is for tests.*"app" is live.*--environment test/);
  });

  test('S40: cannot be attached to a live target, however it got there', async () => {
    const live = await createTarget(gangway.db, tenantId, {
      name: 'live',
      kind: 'sandbox',
      settings: {},
      secrets: null,
    });
    const path = `/connections/${connectionId}/targets`;
    const attached = await admin('PUT', `${path}/${live.id}`);
    expect([attached.status, attached.body['code']]).toEqual([409, 'live_target']);
    const made = await admin('POST', '/connections', { name: 'other', targets: [live.id] });
    expect([made.status, made.body['code']]).toEqual([409, 'live_target']);
    expect((await admin('PUT', `${path}/${gangway.targetId}`)).status).toBe(404); // another tenant's
    const { body } = await admin('GET', '/connections');
    expect(body['connections']).toMatchObject([{ name: 'idp', targetIds: [] }]);
  });

  test('S40: delivers to test targets, with keys of its own, and the live system notices nothing', async () => {
    const target = await admin('POST', '/targets', { name: 'trial', kind: 'sandbox', environment: 'test' });
    expect([target.status, target.body['environment']]).toEqual([201, 'test']);
    expect((await admin('PUT', `/connections/${connectionId}/targets/${target.body['id']}`)).status).toBe(204);
    await admin('POST', `/connections/${connectionId}/enable`);
    const { token } = (await admin('POST', `/connections/${connectionId}/tokens`)).body;
    const user = scimUser('trial');
    const made = await gangway.scim('POST', '/Users', user, { authorization: `Bearer ${token}` });
    expect(made.status).toBe(201);
    await settled(gangway.db);
    expect(await accountOf('trial')).toBeDefined();
    expect((await gangway.scim('GET', `/Users/${made.body['id']}`)).status).toBe(404); // with the live key
    const { rows } = await gangway.db.raw('select count(*)::int as live from actions where target_id = ?', [
      gangway.targetId,
    ]);
    expect(rows).toEqual([{ live: 0 }]);
  });

  test('S40: a test target does not become a live one there; a live tenant may use both', async () => {
    const { targets } = (await admin('GET', '/targets')).body as { targets: { id: string; name: string }[] };
    const trial = targets.find(({ name }) => name === 'trial')?.id;
    const { status, body } = await admin('PATCH', `/targets/${trial}`, { environment: 'live' });
    expect([status, body['code']]).toEqual([409, 'live_target']);
    const live = adminOf(gangway, gangway.connection.tenantId);
    const changed = await live('PATCH', `/targets/${gangway.targetId}`, { environment: 'test' });
    expect([changed.status, changed.body['environment']]).toEqual([200, 'test']);
    const back = await live('PATCH', `/targets/${gangway.targetId}`, { environment: 'live' });
    expect([back.status, back.body['environment']]).toEqual([200, 'live']);
  });

  test('S40: the same from a terminal', { timeout: 60_000 }, async () => {
    const env = { GANGWAY_ADMIN_KEY: gangway.running.adminKey };
    const run = (...words: string[]) => command([...words, '--url', gangway.running.origin], env);
    expect((await run('tenant', 'add', 'more tests', '--environment', 'test')).code).toBe(0);
    expect((await run('tenant', 'list')).stdout).toMatch(/^more tests +test +\S+$/m);
    const add = ['target', 'add', 'app', '--kind', 'sandbox', '--tenant', 'more tests'];
    const refused = await run(...add);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--environment test')]);
    expect((await run(...add, '--environment', 'test')).stderr).toBe('');
    expect((await run('target', 'list', '--tenant', 'more tests')).stdout).toMatch(/^app +sandbox +test /m);
  });
});
