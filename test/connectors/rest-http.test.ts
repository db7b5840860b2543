import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ada, call, connect, signal, smallest, target } from './rest-support.ts';

test.for([301, 302, 303, 307, 308])('a redirect (%i) is refused and not followed', async (status) => {
  const other = await target(() => ({ body: ada }));
  const { url } = await target(() => ({ status, headers: { location: `${other.url}/users/7` } }));
  await expect(connect(url).find('7', signal())).rejects.toMatchObject({ code: 'target_refused' });
  await expect(connect(url).erase('7', call())).rejects.toMatchObject({ code: 'target_refused' });
  expect(other.received).toEqual([]);
});

test('an answer that is too large is given up while it comes', async () => {
  let sent = 0;
  const { url } = await target((_, res) => {
    const pour = () => {
      sent += 65_536;
      if (!res.destroyed && res.write('x'.repeat(65_536))) setImmediate(pour);
    };
    res.on('drain', pour).on('error', () => {});
    pour();
    return undefined;
  });
  const connector = connect(url, { limits: { maxResponseBytes: 200_000 } });
  await expect(connector.find('7', signal())).rejects.toMatchObject({
    code: 'target_down',
    message: expect.stringMatching(/larger than 200000/),
  });
  expect(sent).toBeLessThan(50_000_000);
});

test('an answer that never ends is target_down after the time limit', async () => {
  const { url } = await target((_, res) => void res.writeHead(200).write('{"id":'));
  const connector = connect(url, { limits: { timeoutSeconds: 0.2 } });
  await expect(connector.find('7', signal())).rejects.toMatchObject({
    code: 'target_down',
    message: expect.stringMatching(/within 0.2 seconds/),
  });
});

test('a port where nobody listens is target_down', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const finding = connect(`http://127.0.0.1:${port}`).find('7', signal());
  await expect(finding).rejects.toMatchObject({ code: 'target_down', message: 'Small: no answer: ECONNREFUSED' });
});

test('what is not HTTP at all is target_down', async () => {
  const server = createServer((socket) => socket.end('220 mail.example.org ESMTP\r\n')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await expect(connect(`http://127.0.0.1:${port}`).check(signal())).rejects.toMatchObject({ code: 'target_down' });
});

test('the time limit of the caller is not an outage of the target', async () => {
  const { url } = await target(() => undefined);
  const controller = new AbortController();
  const finding = connect(url).find('7', controller.signal);
  setTimeout(() => controller.abort(new Error('lease lost')), 30);
  await expect(finding).rejects.toThrow('lease lost');
});

test('secrets never come out, even when the target quotes them', async () => {
  const { url } = await target(({ headers }) => ({ status: 422, body: { message: `bad ${headers.authorization}` } }));
  const updating = connect(url).update('7', { email: 'a@b.c', attributes: {} }, call());
  await expect(updating).rejects.toMatchObject({ message: 'Small: update was answered 422: bad Bearer [secret]' });
});

test('a password inside an encoded header never comes out either', async () => {
  const { url } = await target(({ headers }) => ({ status: 422, body: { message: `bad ${headers.authorization}` } }));
  const connector = connect(url, { headers: { Authorization: 'Basic {{ bytes("me:" + secrets.token).base64() }}' } });
  const updating = connector.update('7', { email: 'a@b.c', attributes: {} }, call());
  await expect(updating).rejects.toMatchObject({ message: 'Small: update was answered 422: bad Basic [secret]' });
});

test('a base path is kept, and cookies are not', async () => {
  const { url, received } = await target(() => ({ headers: { 'set-cookie': 'a=b; Path=/' }, body: ada }));
  const connector = connect(`${url}/api/v2/`);
  await connector.find('7', signal());
  await connector.find('7', signal());
  expect(received.map((request) => [request.url, request.headers.cookie])).toEqual([
    ['/api/v2/users/7', undefined],
    ['/api/v2/users/7', undefined],
  ]);
});

test('a write carries its key and a JSON body', async () => {
  const { url, received } = await target(() => ({ body: ada }));
  const connector = connect(url, { idempotencyHeader: 'Idempotency-Key' });
  await connector.update('7', { email: 'a@b.c', attributes: { title: null } }, call('action-5'));
  const [request] = received;
  expect(request?.headers).toMatchObject({ 'idempotency-key': 'action-5', 'content-type': 'application/json' });
  expect(JSON.parse(request?.body ?? '')).toEqual({ mail: 'a@b.c', title: null });
});

test('a form body is encoded', async () => {
  const { url, received } = await target(() => ({ body: ada }));
  const invite = { ...smallest.operations.invite, encoding: 'form' };
  const connector = connect(url, { operations: { ...smallest.operations, invite } });
  const account = { email: 'a+b&c=d@e.f', attributes: { givenName: 'Zoë\n' }, groups: [] };
  expect(await connector.invite(account, call())).toEqual({ remoteId: '7' });
  expect(received[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(received[0]?.body).toBe('mail=a%2Bb%26c%3Dd%40e.f&first=Zo%C3%AB%0A');
});

test('at most so many requests are under way, and so many start in a second', async () => {
  let now = 0;
  let most = 0;
  const { url } = await target((_, res) => {
    now += 1;
    most = Math.max(most, now);
    sleep(20).then(() => {
      now -= 1;
      res.end(JSON.stringify(ada));
    });
    return undefined;
  });
  const connector = connect(url, { limits: { concurrency: 2, perSecond: 50 } });
  const started = performance.now();
  await Promise.all(Array.from({ length: 10 }, () => connector.find('7', signal())));
  expect(most).toBeLessThanOrEqual(2);
  expect(performance.now() - started).toBeGreaterThan(9 * 20 - 5);
});

test('who waits for a turn leaves the queue when aborted', async () => {
  const { url, received } = await target((_, res) => void sleep(100).then(() => res.end(JSON.stringify(ada))));
  const connector = connect(url, { limits: { concurrency: 1 } });
  const first = connector.find('7', signal());
  const second = connector.find('7', AbortSignal.timeout(20));
  const third = connector.find('7', signal());
  await expect(second).rejects.toMatchObject({ name: 'TimeoutError' });
  await Promise.all([first, third]);
  expect(received).toHaveLength(2);
});
