import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openPool } from '../../src/database/pool.ts';
import { createLog } from '../../src/log.ts';
import { createRateLimiter } from '../../src/scim/rate-limit.ts';
import { type Answer, closeServer, requester, serveScim, startScim } from '../support/app.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';
import { ERROR_URN } from '../support/people.ts';

const LIMIT = 40;
const scim = await startScim();
const instances = await Promise.all([1, 2].map(() => serveScim(scim.db, 0, LIMIT)));
const [one, two] = instances;
if (!one || !two) throw new Error('two instances');
afterAll(async () => {
  await Promise.all(instances.map(({ server }) => closeServer(server)));
  await scim.stop();
});

/** The answers to requests that are sent together. */
async function answersTo(count: number, token: string, bases = [one?.base ?? '']): Promise<Answer[]> {
  const sends = bases.map((base) => requester(base, token));
  const all = Array.from({ length: count }, (_, index) => sends[index % sends.length]?.('GET', '/Schemas'));
  return (await Promise.all(all)).filter((answer) => answer !== undefined);
}
const volley = async (...of: Parameters<typeof answersTo>) => (await answersTo(...of)).map(({ status }) => status);
const granted = (statuses: number[]) => statuses.filter((status) => status === 200).length;

test('beyond twice the limit at once it is 429 with Retry-After in the words of SCIM, and soon it goes on', async () => {
  const { token } = await scim.stranger();
  const started = Date.now();
  const answers = await answersTo(10 * LIMIT, token);
  const seconds = Math.ceil((Date.now() - started) / 1_000); // each that began meanwhile grants the limit anew
  const statuses = answers.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(granted(statuses)).toBeGreaterThanOrEqual(2 * LIMIT);
  expect(granted(statuses)).toBeLessThanOrEqual((2 + seconds) * LIMIT);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers.get('retry-after')).toBe('1');
  expect(refused?.headers.get('content-type')).toMatch(/^application\/scim\+json/);
  expect(refused?.body).toEqual({ schemas: [ERROR_URN], status: '429', detail: expect.any(String) });
  await sleep(1_000);
  expect(granted(await volley(20, token))).toBe(20);
});

test('25 requests a second are always granted', async () => {
  const { token } = await scim.stranger();
  for (let second = 0; second < 3; second++) {
    expect(granted(await volley(25, token))).toBe(25);
    await sleep(1_000);
  }
});

test('one connection does not use up another one’s limit', async () => {
  const [loud, quiet] = await Promise.all([scim.stranger(scim.tenantId), scim.stranger(scim.tenantId)]);
  await volley(4 * LIMIT, loud.token);
  expect(granted(await volley(25, quiet.token))).toBe(25);
});

test('two instances share the limit, roughly', { timeout: 15_000 }, async () => {
  const { token } = await scim.stranger();
  const started = Date.now();
  let sum = 0;
  while (Date.now() - started < 3_000) {
    sum += granted(await volley(10, token, [one.base, two.base]));
    await sleep(20);
  }
  const alone = LIMIT * Math.ceil((Date.now() - started) / 1_000) + LIMIT; // what one instance grants, burst included
  expect(sum).toBeGreaterThanOrEqual(3 * LIMIT);
  expect(sum).toBeLessThan(1.5 * alone); // each by itself, they would grant twice as much
});

test('whoever sends little costs no statement', async () => {
  const { connection } = await scim.stranger();
  const limiter = createRateLimiter(scim.db, createLog('silent'), 200);
  for (let request = 0; request < 24; request++) expect(limiter(connection)).toBe(0);
  await sleep(100);
  const { rows } = await scim.db.raw(`select 1 from ratelimit.counters where key like ?`, [`%${connection.id}%`]);
  expect(rows).toEqual([]);
});

test('0 is no limit', async () => {
  const limiter = createRateLimiter(scim.db, createLog('silent'), 0);
  expect(Array.from({ length: 1_000 }, () => limiter(scim.connection))).not.toContain(1);
});

test('while the store is away requests pass, and that is logged once', async () => {
  const lines: string[] = [];
  const log = { warn: (_: object, words: string) => lines.push(words) } as unknown as ReturnType<typeof createLog>;
  const proxy = await startDatabaseProxy(scim.db.client.config.connection.connectionString);
  const db = openPool({ url: proxy.url });
  await proxy.cut();
  const limiter = createRateLimiter(db, log, LIMIT);
  limiterFull(limiter);
  await expect.poll(() => lines).toHaveLength(1);
  const waits = Array.from({ length: 4 * LIMIT }, () => limiter(scim.connection));
  expect(waits.filter((seconds) => seconds > 0)).toEqual([]);
  await sleep(100);
  expect(lines).toHaveLength(1);
  await db.destroy();
});

function limiterFull(limiter: ReturnType<typeof createRateLimiter>): void {
  for (let request = 0; request < 10; request++) limiter(scim.connection);
}

test('429 comes before the body is read', async () => {
  const { token } = await scim.stranger();
  await volley(4 * LIMIT, token);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': 9_000 };
    const req = httpRequest(`${one.base}/Users`, { method: 'POST', headers }, (res) => {
      resolve(res.statusCode);
      req.destroy();
    });
    req.on('error', reject);
    req.write('{"userName":'); // and never the rest
  });
  expect(status).toBe(429);
});
