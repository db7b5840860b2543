import { Webhook } from 'standardwebhooks';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createConnector } from '../../src/connectors/index.ts';
import { webhookConnector } from '../../src/connectors/webhook/webhook.ts';
import { call, signal, target } from './rest-support.ts';
import { newSecret, type Receiver, startReceiver } from './webhook-receiver.ts';

const ada = { email: 'ada@example.org', attributes: { givenName: 'Ada' }, groups: ['Ops'] };
const secret = newSecret();
const connect = (url: string, settings: object = {}, secrets: Record<string, string> = { secret }) =>
  webhookConnector({ settings: { url, ...settings }, secrets });

let app: Receiver;
beforeEach(async () => {
  app = await startReceiver(secret);
  onTestFinished(app.stop);
});

test.for([
  ['no secret', { url: 'http://h' }, {}],
  ['a secret without its prefix', { url: 'http://h' }, { secret: 'x'.repeat(40) }],
  ['a short secret', { url: 'http://h' }, { secret: 'whsec_c2hvcnQ=' }],
  ['a secret with a line break', { url: 'http://h' }, { secret: `${secret}\n` }],
  ['a bad former secret', { url: 'http://h' }, { secret, formerSecret: 'whsec_' }],
  ['no url', {}, { secret }],
  ['a url with a password', { url: 'http://a:b@h' }, { secret }],
] as const)('%s is refused when the target is made', ([, settings, secrets]) => {
  const make = () => createConnector('webhook', { settings, secrets }, { sandboxUrl: '', sandboxKey: '' });
  expect(make).toThrow(expect.objectContaining({ code: 'config_invalid' }));
});

test('attributes of the tenant’s own extensions are among what can be sent, where the settings name them', () => {
  const settings = { attributes: 'givenName', extensionAttributes: 'storeId, floor' };
  expect(connect('http://h', settings).capabilities.attributes).toEqual(['givenName', 'storeId', 'floor']);
  expect(() => connect('http://h', { extensionAttributes: 'givenName' })).toThrow('needs no mention');
});

test('an event is signed as Standard Webhooks says, and its id is the key of the action', async () => {
  const { url, received } = await target(() => ({ status: 204, body: '' }));
  const key = '0193f1a0-0000-7000-8000-000000000001';
  expect(await connect(url).invite(ada, call(key))).toEqual({ remoteId: key });
  const [request] = received;
  if (!request) throw new Error('nothing was sent');
  const { body, headers, method } = request;
  expect(method).toBe('POST');
  expect(headers['webhook-id']).toBe(key);
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(5);
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({
    type: 'account.invite',
    timestamp: new Date(0x0193f1a00000).toISOString(),
    data: { account: { id: key, email: ada.email, attributes: ada.attributes } },
  });
  expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
});

test('a repeat is the same event under the same id, signed anew', async () => {
  const { url, received } = await target(() => ({ status: 204, body: '' }));
  const key = '0193f1a0-0000-7000-8000-000000000001';
  await connect(url).suspend('7', call(key));
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await connect(url).suspend('7', call(key));
  const [first, second] = received;
  expect(second?.body).toBe(first?.body);
  expect(second?.headers['webhook-id']).toBe(key);
  expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
});

test('while the secret changes, an app with the old and an app with the new one both take the events', async () => {
  const fresh = newSecret();
  const rotating = connect(app.url, {}, { secret: fresh, formerSecret: secret });
  await rotating.invite(ada, call('one'));
  app.trust(fresh);
  await rotating.suspend('one', call('two'));
  expect(app.accounts.get('one')?.status).toBe('suspended');
  const done = connect(app.url, {}, { secret: fresh });
  await done.resume('one', call('three'));
  const stale = connect(app.url, {}, { secret });
  const refused = { code: 'target_refused', message: expect.not.stringContaining(secret.slice(6)) };
  await expect(stale.suspend('one', call('four'))).rejects.toMatchObject(refused);
});

test('each action is an event of its own', async () => {
  const { suspend, resume, erase, grant, revoke, update, invite, check } = connect(app.url);
  await check(signal());
  const { remoteId } = await invite(ada, call('a'));
  await update(remoteId, { email: 'ada@example.org', attributes: { title: null } }, call('b'));
  await grant(remoteId, 'Ops', call('c'));
  await revoke(remoteId, 'Ops', call('d'));
  await suspend(remoteId, call('e'));
  await resume(remoteId, call('f'));
  await erase(remoteId, call('g'));
  const account = { id: 'a' };
  expect(app.events.map(({ type, data }) => [type, data])).toEqual([
    ['endpoint.check', {}],
    ['account.invite', { account: { ...account, email: ada.email, attributes: ada.attributes } }],
    ['account.update', { account: { ...account, email: ada.email, attributes: { title: null } } }],
    ['group.grant', { account, group: { name: 'Ops' } }],
    ['group.revoke', { account, group: { name: 'Ops' } }],
    ['account.suspend', { account }],
    ['account.resume', { account }],
    ['account.erase', { account }],
  ]);
});

test('an app may name accounts in its own way, by a text or a number', async () => {
  const ids: unknown[] = ['own', 12345678901234567890n];
  const { url } = await target(() => ({
    body: `{"id": ${typeof ids[0] === 'string' ? `"${ids.shift()}"` : ids.shift()}}`,
  }));
  expect(await connect(url).invite(ada, call('k'))).toEqual({ remoteId: 'own' });
  expect(await connect(url).invite(ada, call('k'))).toEqual({ remoteId: '12345678901234567890' });
});

test.for([
  [
    { status: 202, body: {} },
    { code: 'target_pending', retryAfter: 30 },
  ],
  [
    { status: 202, headers: { 'retry-after': '120' } },
    { code: 'target_pending', retryAfter: 120 },
  ],
  [
    { status: 202, body: '<h1>x</h1>' },
    { code: 'target_pending', retryAfter: 30 },
  ],
  [
    { status: 429, headers: { 'retry-after': '9' } },
    { code: 'target_busy', retryAfter: 9 },
  ],
  [
    { status: 400, body: { message: 'no such type' } },
    { code: 'target_refused', message: expect.stringContaining('no such type') },
  ],
  [{ status: 404, body: { message: 'no account' } }, { code: 'target_refused' }],
  [{ status: 409, body: {} }, { code: 'target_refused' }],
  [{ status: 302, headers: { location: 'http://elsewhere' } }, { code: 'target_refused' }],
  [{ status: 500 }, { code: 'target_down' }],
  [{ status: 200, body: '<h1>Sign in</h1>' }, { code: 'target_down' }],
] as const)('%j to a change is not taken for applied', async ([reply, fault]) => {
  const { url } = await target(() => reply);
  await expect(connect(url).resume('7', call())).rejects.toMatchObject(fault);
});

test.for([
  { status: 200, body: {} },
  { status: 204, body: '' },
  { status: 200, body: 'OK' },
  { status: 201, body: '{"done": true}' },
])('%j is applied', async (reply) => {
  const { url } = await target(() => reply);
  await connect(url).suspend('7', call());
});

test('"accepted" waits as long as the target was set up for', async () => {
  const { url } = await target(() => ({ status: 202 }));
  const suspend = connect(url, { acceptedSeconds: '5' }).suspend('7', call());
  await expect(suspend).rejects.toMatchObject({ code: 'target_pending', retryAfter: 5 });
});

test('an account that is not there is suspended and erased, if the endpoint itself is there', async () => {
  const connector = connect(app.url);
  await connector.suspend('never', call('a'));
  await connector.erase('never', call('b'));
  expect(app.events.map(({ type }) => type)).toEqual([
    'account.suspend',
    'endpoint.check',
    'account.erase',
    'endpoint.check',
  ]);
  const wrongPath = await target(() => ({ status: 404, body: { detail: 'Not Found' } }));
  await expect(connect(wrongPath.url).suspend('7', call())).rejects.toMatchObject({ code: 'target_refused' });
  const proxy = await target(() => ({ status: 404, body: '<h1>Not found</h1>' }));
  await expect(connect(proxy.url).suspend('7', call())).rejects.toMatchObject({ code: 'target_down' });
});

test('it says that it cannot be read, and does not pretend to', async () => {
  const connector = connect(app.url);
  expect(connector.capabilities).toMatchObject({ read: false, list: false, suspend: true, groups: true });
  for (const read of [connector.find('a', signal()), connector.search('a', signal()), connector.list(null, signal())]) {
    await expect(read).rejects.toMatchObject({ code: 'target_refused' });
  }
  expect(app.events).toEqual([]);
});
