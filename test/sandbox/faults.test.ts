import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runSandbox } from './running.ts';

let sandbox: Awaited<ReturnType<typeof runSandbox>>;
beforeAll(async () => {
  sandbox = await runSandbox();
});
afterEach(() => sandbox.call('PUT', '/faults', { mode: 'none' }));
afterAll(() => sandbox.stop());

const NONE = { mode: 'none', remaining: null, latencyMs: 0, hits: 'all', perSecond: null };
const users = (signal?: AbortSignal) => sandbox.call('GET', '/users', undefined, signal ? { signal } : {});
const invite = (email: string, key: string) => sandbox.call('POST', '/invitations', { email }, { key });
const receivedWith = async (key: string) => (await sandbox.call('GET', `/received?key=${key}`)).body.received;

test('without a fault the API works, and says so', async () => {
  expect((await sandbox.call('GET', '/faults')).body).toEqual(NONE);
  expect((await users()).status).toBe(200);
});

test('unavailable answers 503 and does no work', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'unavailable' });
  const { status, headers, body } = await invite('down@example.org', 'down');
  expect([status, headers.get('retry-after'), body.error.code]).toEqual([503, '1', 'unavailable']);
  expect(await receivedWith('down')).toEqual([]);
});

test('remaining counts down to none', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'unavailable', remaining: 3 });
  const replies = await Promise.all(Array.from({ length: 8 }, () => users()));
  expect(replies.map((reply) => reply.status).sort()).toEqual([200, 200, 200, 200, 200, 503, 503, 503]);
  expect((await sandbox.call('GET', '/faults')).body).toEqual(NONE);
});

test('reset breaks the connection before the work', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'reset', remaining: 1 });
  await expect(invite('reset@example.org', 'reset')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  expect(await receivedWith('reset')).toEqual([]);
  expect((await users()).status).toBe(200);
});

test('hang never answers', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'hang', remaining: 1 });
  await expect(users(AbortSignal.timeout(300))).rejects.toMatchObject({ name: 'TimeoutError' });
  expect((await users()).status).toBe(200);
});

test('garbage answers 200 with something that is not JSON', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'garbage', remaining: 1 });
  await expect(users()).rejects.toThrow(SyntaxError);
});

test('a lost answer hides work that was done, and the same key finds it', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'lost_answer', remaining: 1 });
  await expect(invite('lost@example.org', 'lost')).rejects.toThrow('fetch failed');
  expect(await receivedWith('lost')).toMatchObject([{ status: 201, repeats: 0 }]);
  const again = await invite('lost@example.org', 'lost');
  expect([again.status, again.body.email]).toEqual([200, 'lost@example.org']);
  expect(await receivedWith('lost')).toMatchObject([{ status: 201, repeats: 1 }]);
});

test('a lost refusal is lost, too', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'lost_answer', remaining: 1 });
  await expect(sandbox.call('GET', '/users/acc_x')).rejects.toThrow('fetch failed');
});

test('slow answers late', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'slow', latencyMs: 250 });
  const start = performance.now();
  expect((await users()).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThan(240);
});

test('requests above the limit are answered with 429, and use up no fault', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'unavailable', remaining: 10, perSecond: 1 });
  const replies = await Promise.all(Array.from({ length: 5 }, () => users()));
  const refused = replies.filter((reply) => reply.status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  const { body } = await sandbox.call('GET', '/faults');
  expect(body).toMatchObject({ mode: 'unavailable', remaining: 10 - (replies.length - refused.length), perSecond: 1 });
});

test('the page and the record of received calls stay well', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'unavailable', perSecond: 0 });
  expect((await sandbox.call('GET', '/received')).status).toBe(200);
  const page = await fetch(`${sandbox.page}/accounts`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('the API answers 503; the API takes 0 requests a second');
});

test('a fault can be meant for reads or for writes alone', async () => {
  await sandbox.call('PUT', '/faults', { mode: 'unavailable', hits: 'writes' });
  expect((await sandbox.call('GET', '/users')).status).toBe(200);
  expect((await sandbox.call('POST', '/groups', { name: 'any' })).status).toBe(503);
  await sandbox.call('PUT', '/faults', { mode: 'unavailable', hits: 'reads' });
  expect((await sandbox.call('GET', '/users')).status).toBe(503);
  await sandbox.call('PUT', '/faults', NONE);
});
