import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scimConnector } from '../../src/connectors/scim/scim.ts';
import { describeConnector, type Subject } from '../connectors/conformance.ts';
import { startFaultProxy } from '../connectors/fault-proxy.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { reconcileNow } from '../support/runs.ts';
import { type BetterAuth, startBetterAuth } from './support/better-auth.ts';
import { guardHoldsLeavers } from './support/guard.ts';

// it answers a User without its groups, and cannot filter groups by member
const NARROW = { memberships: 'scan' };
const aCall = () => ({ idempotencyKey: randomUUID(), signal: AbortSignal.timeout(15_000) });

let server: BetterAuth;
beforeAll(async () => {
  server = await startBetterAuth();
}, 300_000);
afterAll(() => server?.stop());

describeConnector('Better Auth', async (): Promise<Subject> => {
  const proxy = await startFaultProxy(server.url);
  const target = { settings: { ...NARROW, url: proxy.url, pageSize: 5 }, secrets: { token: server.token } };
  return {
    connector: scimConnector(target),
    impatient: scimConnector({ ...target, settings: { ...target.settings, timeoutSeconds: 0.3 } }),
    domain: 'example.com',
    begins: 'active',
    knowsKeys: false,
    breakIt: async (mode) => proxy.set(mode),
    stop: proxy.stop,
  };
});

test('a token that it does not take is refused: nobody is gone because of it', async () => {
  const secrets = { token: 'not-a-token-of-this-server' };
  const stranger = scimConnector({ settings: { url: server.url }, secrets });
  const refused = { code: 'target_refused', message: expect.not.stringContaining(secrets.token) };
  await expect(stranger.check(AbortSignal.timeout(5000))).rejects.toMatchObject(refused);
  await expect(stranger.find('nobody', AbortSignal.timeout(5000))).rejects.toMatchObject(refused);
});

test('joiner, mover, leaver and rehire, from one SCIM server to the other', async () => {
  const target = { kind: 'scim', settings: { ...NARROW, url: server.url }, secrets: { token: server.token } };
  const gangway: Gangway = await startGangway({ target });
  const reader = scimConnector(target);
  const account = async () => (await reader.search('grace@example.com', AbortSignal.timeout(10_000)))[0];
  try {
    const { body } = await gangway.scim('POST', '/Users', scimUser('grace', { title: 'Engineer' }));
    const joined = await eventually('there', account);
    expect(joined).toMatchObject({ status: 'active', attributes: { title: 'Engineer', externalId: 'ext-grace' } });

    const { body: group } = await gangway.scim('POST', '/Groups', {
      displayName: 'Navy',
      members: [{ value: body['id'] }],
    });
    await eventually('in the group', async () => (await account())?.groups.join() === 'Navy');
    const leave = patchOp({ op: 'remove', path: `members[value eq "${body['id']}"]` });
    await gangway.scim('PATCH', `/Groups/${group['id']}`, leave);
    await eventually('out of the group', async () => (await account())?.groups.length === 0);

    await gangway.scim('PATCH', `/Users/${body['id']}`, patchOp({ op: 'replace', path: 'active', value: 'False' }));
    await eventually('suspended', async () => (await account())?.status === 'suspended');
    await gangway.scim('PATCH', `/Users/${body['id']}`, patchOp({ op: 'replace', path: 'active', value: 'True' }));
    await eventually('given back', async () => (await account())?.status === 'active');
    await settled(gangway.db);
    expect((await account())?.remoteId).toBe(joined.remoteId);

    await reader.update(joined.remoteId, { email: joined.email, attributes: { title: 'Edited there' } }, aCall());
    const { state, counts } = await reconcileNow(gangway);
    expect([state, counts['missing'], counts['resurrected']]).toEqual(['done', 0, 0]);
    expect((await account())?.attributes['title']).toBe('Engineer');
    await reader.erase(joined.remoteId, aCall());
    expect((await reconcileNow(gangway)).counts).toMatchObject({ missing: 1 });
    expect(await account()).toMatchObject({ status: 'active', attributes: { title: 'Engineer' } });
  } finally {
    await gangway.stop();
  }
});

test('leavers beyond the guard keep their access there until a human releases them', async () => {
  const target = { kind: 'scim', settings: { ...NARROW, url: server.url }, secrets: { token: server.token } };
  const reader = scimConnector(target);
  const find = async (email: string) => (await reader.search(email, AbortSignal.timeout(10_000)))[0];
  await guardHoldsLeavers(target, 'auth', async (email) => (await find(email))?.status);
}, 120_000);
