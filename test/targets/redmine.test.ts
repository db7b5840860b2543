import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Call, Connector } from '../../src/connectors/connector.ts';
import { parseDescription } from '../../src/connectors/rest/description.ts';
import { restConnector } from '../../src/connectors/rest/rest.ts';
import { describeConnector, type Subject } from '../connectors/conformance.ts';
import { startFaultProxy } from '../connectors/fault-proxy.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { reconcileNow } from '../support/runs.ts';
import { guardHoldsLeavers } from './support/guard.ts';
import { mailsTo } from './support/mails.ts';
import { installRedmine, type Redmine, startRedmine } from './support/redmine.ts';

const text = readFileSync(new URL('../../examples/targets/redmine.yaml', import.meta.url), 'utf8');
// small pages, so that five accounts fill several
const paged = text.replaceAll('limit: "100"', 'limit: "5"');
const impatient = paged.replace('limits:', 'limits:\n  timeoutSeconds: 0.5');

const missing = await installRedmine();
if (missing !== null) process.stderr.write(`targets: the tests of Redmine are skipped: ${missing}\n`);

describe.skipIf(missing !== null)('Redmine', () => {
  let redmine: Redmine;
  let connector: Connector;
  beforeAll(async () => {
    redmine = await startRedmine();
    const target = { settings: { url: redmine.url }, secrets: { key: redmine.key } };
    connector = restConnector(parseDescription(text), target);
  }, 180_000);
  afterAll(() => redmine?.stop());

  describeConnector('Redmine', async (): Promise<Subject> => {
    const proxy = await startFaultProxy(redmine.url);
    const target = { settings: { url: proxy.url }, secrets: { key: redmine.key } };
    return {
      connector: restConnector(parseDescription(paged), target),
      impatient: restConnector(parseDescription(impatient), target),
      domain: 'example.com',
      begins: 'active',
      knowsKeys: false,
      breakIt: async (mode) => proxy.set(mode),
      stop: proxy.stop,
    };
  });

  const call = (): Call => ({ idempotencyKey: randomUUID(), signal: AbortSignal.timeout(15_000) });
  const invite = (email: string, attributes = {}) =>
    connector.invite({ email, attributes: { givenName: 'Ada', familyName: 'L', ...attributes }, groups: [] }, call());

  test('one invite sends one mail', async () => {
    const email = `${randomUUID()}@example.com`;
    await invite(email);
    await expect(invite(email)).rejects.toMatchObject({ code: 'account_exists' });
    expect(await mailsTo(redmine.mailUrl, email)).toHaveLength(1);
  });

  test('an address that cannot be a login is refused in Redmine’s own words', async () => {
    const refused = { code: 'target_refused', message: expect.stringContaining('Login is invalid') };
    await expect(invite('zoë@example.com')).rejects.toMatchObject(refused);
  });

  test('who has one name only keeps it', async () => {
    const { remoteId } = await invite(`${randomUUID()}@example.com`, { givenName: null, familyName: 'Sukarno' });
    const found = await connector.find(remoteId, call().signal);
    expect(found?.attributes).toEqual({ givenName: null, familyName: 'Sukarno' });
  });

  test('the owner of the key is not locked by the name that Redmine has for it', async () => {
    await expect(connector.suspend('current', call())).rejects.toMatchObject({ code: 'target_refused' });
    await connector.check(call().signal);
  });

  test('a key that it does not take is refused: nobody is gone because of it', async () => {
    const { remoteId } = await invite(`${randomUUID()}@example.com`);
    const target = { settings: { url: redmine.url }, secrets: { key: 'not-a-key-of-this-redmine' } };
    const stranger = restConnector(parseDescription(text), target);
    await expect(stranger.find(remoteId, call().signal)).rejects.toMatchObject({ code: 'target_refused' });
  });

  test('joiner, mover, leaver and rehire', async () => {
    const settings = { url: redmine.url, description: text };
    const gangway: Gangway = await startGangway({ target: { kind: 'rest', settings, secrets: { key: redmine.key } } });
    const account = async () => (await connector.search('grace@example.com', call().signal))[0];
    const setActive = (id: unknown, value: boolean) =>
      gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value }));
    try {
      const { body } = await gangway.scim('POST', '/Users', scimUser('grace'));
      const joined = await eventually('there', account, 60_000);
      const members = [{ value: body['id'] }];
      await gangway.scim('POST', '/Groups', { displayName: 'Navy', members });
      await eventually('in the group', async () => (await account())?.groups.join() === 'Navy', 60_000);
      await setActive(body['id'], false);
      await eventually('locked', async () => (await account())?.status === 'suspended', 60_000);
      await settled(gangway.db);
      await setActive(body['id'], true);
      await eventually('unlocked', async () => (await account())?.status === 'active', 60_000);
      expect((await account())?.remoteId).toBe(joined.remoteId);
      await settled(gangway.db);

      const edit = { email: joined.email, attributes: { givenName: 'Edited' } };
      await connector.update(joined.remoteId, edit, call());
      expect((await reconcileNow(gangway)).state).toBe('done');
      expect((await account())?.attributes).toMatchObject({ givenName: 'grace' });
      await connector.erase(joined.remoteId, call());
      expect((await reconcileNow(gangway)).counts).toMatchObject({ missing: 1 });
      expect(await account()).toMatchObject({ status: 'active' });
    } finally {
      await gangway.stop();
    }
  });

  test('leavers beyond the guard keep their access in Redmine until a human releases them', async () => {
    const settings = { url: redmine.url, description: text };
    const find = async (email: string) => (await connector.search(email, call().signal))[0];
    const target = { kind: 'rest', settings, secrets: { key: redmine.key } };
    await guardHoldsLeavers(target, 'redmine', async (email) => (await find(email))?.status);
  }, 120_000);
});
