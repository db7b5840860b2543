import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Call, Connector } from '../../src/connectors/connector.ts';
import { parseDescription } from '../../src/connectors/rest/description.ts';
import { restConnector } from '../../src/connectors/rest/rest.ts';
import { describeConnector, type Subject } from '../connectors/conformance.ts';
import { startFaultProxy } from '../connectors/fault-proxy.ts';
import { type Directus, startDirectus } from './support/directus.ts';
import { mailsTo } from './support/mails.ts';

const text = readFileSync(new URL('../../examples/targets/directus.yaml', import.meta.url), 'utf8');
// small pages, so that five accounts fill several
const paged = text.replaceAll('limit: "100"', 'limit: "3"').replaceAll('< 100', '< 3');
const impatient = paged.replace('limits:', 'limits:\n  timeoutSeconds: 0.5');

let directus: Directus;
let connector: Connector;

beforeAll(async () => {
  directus = await startDirectus();
  const { settings, token } = directus;
  connector = restConnector(parseDescription(text), { settings, secrets: { token } });
});
afterAll(() => directus?.stop());

describeConnector('Directus', async (): Promise<Subject> => {
  const proxy = await startFaultProxy(directus.url);
  const target = { settings: { ...directus.settings, url: proxy.url }, secrets: { token: directus.token } };
  return {
    connector: restConnector(parseDescription(paged), target),
    impatient: restConnector(parseDescription(impatient), target),
    domain: 'example.com',
    knowsKeys: false,
    breakIt: async (mode) => proxy.set(mode),
    stop: proxy.stop,
  };
});

const call = (): Call => ({ idempotencyKey: randomUUID(), signal: AbortSignal.timeout(15_000) });
const somebody = () => ({ email: `${randomUUID()}@example.com`, attributes: { givenName: 'Ada' }, groups: [] });

test('one invite sends one mail, however often it is repeated', async () => {
  const account = somebody();
  const first = call();
  await connector.invite(account, first);
  await expect(connector.invite(account, first)).rejects.toMatchObject({ code: 'account_exists' });
  const mails = await mailsTo(directus.mailUrl, account.email);
  expect(mails.map((mail) => mail.subject)).toEqual(["You've been invited"]);
  expect(mails[0]?.html).toContain(directus.settings.inviteUrl);
});

test('a token that may not look is refused: nobody is gone because of it', async () => {
  const { remoteId } = await connector.invite(somebody(), call());
  const secrets = { token: 'not-a-token-of-this-directus' };
  const stranger = restConnector(parseDescription(text), { settings: directus.settings, secrets });
  const refused = { code: 'target_refused', message: expect.not.stringContaining(secrets.token) };
  await expect(stranger.check(call().signal)).rejects.toMatchObject(refused);
  await expect(stranger.find(remoteId, call().signal)).rejects.toMatchObject(refused);
  await expect(stranger.search('admin@example.com', call().signal)).rejects.toMatchObject(refused);
});

test('an address that Directus does not take is refused in its own words', async () => {
  const invite = connector.invite({ ...somebody(), email: 'ada@nowhere.test' }, call());
  await expect(invite).rejects.toMatchObject({
    code: 'target_refused',
    message: expect.stringContaining('valid email'),
  });
});
