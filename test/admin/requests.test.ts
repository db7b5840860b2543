import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gangway } from '../cli/gangway.ts';
import { eventually } from '../support/gangway.ts';
import { auditOf, type RunningServer, runServer } from './running.ts';

let server: RunningServer;
let tenantId: string;
let id: string;
let token: string;
beforeAll(async () => {
  server = await runServer();
  tenantId = (await server.call('POST', '/tenants', { body: { name: 'ours' } })).body.tenantId;
  await server.call('POST', '/tenants', { body: { name: 'theirs' } });
  id = (await ours('POST', '/connections', { name: 'okta', profile: 'okta' })).body.id;
  token = (await ours('POST', `/connections/${id}/tokens`)).body.token;
});
afterAll(() => server?.stop());

type Item = { id: string; status: number; path: string };
const ours = (method: string, path: string, body?: unknown) => server.call(method, path, { tenant: 'ours', body });
const list = async (query = '') =>
  (await ours('GET', `/connections/${id}/requests${query}`)).body as unknown as {
    requests: Item[];
    next: string | null;
  };
const scim = (path: string) =>
  fetch(`${server.origin}/scim/v2${path}`, { headers: { authorization: `Bearer ${token}` } });
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const keep = (until: string | null) => ours('PUT', `/connections/${id}/request-log`, { until });

describe('the request log', { shuffle: false }, () => {
  test('what failed can be read by page and one by one, and switching the rest on is in the audit', async () => {
    const failed = [await scim('/Users/nobody'), await scim('/Users?filter=nonsense'), await scim('/Nowhere')];
    const ids = failed.map(({ headers }) => headers.get('x-request-id'));
    await scim('/Users');
    const { requests } = await eventually('they are kept', async () => {
      const page = await list();
      return page.requests.length === 3 && page;
    });
    expect(requests.map((one) => one.id)).toEqual(ids.toReversed());
    const first = await list('?limit=2');
    expect([first.requests.length, first.next]).toEqual([2, ids[1]]);
    expect(await list(`?limit=2&after=${first.next}`)).toMatchObject({
      requests: [{ id: ids[0], status: 404 }],
      next: null,
    });
    const { body } = await ours('GET', `/connections/${id}/requests/${ids[1]}`);
    expect(body).toMatchObject({ status: 400, path: '/scim/v2/Users?filter=nonsense', request: null });
    expect(JSON.parse(String(body['answer']))).toMatchObject({ scimType: 'invalidFilter' });

    expect((await ours('GET', `/connections/${id}/request-log`)).body).toEqual({ until: null });
    const until = inHours(1);
    expect((await keep(until)).body).toEqual({ until });
    expect((await ours('GET', `/connections/${id}/request-log`)).body).toEqual({ until });
    await scim('/Users?count=1');
    await eventually('it is kept', async () => (await list()).requests.length === 4);
    expect((await list()).requests[0]).toMatchObject({ status: 200, path: '/scim/v2/Users?count=1' });
    expect((await list('?failed=true')).requests).toHaveLength(3);
    expect((await keep(null)).body).toEqual({ until: null });
    await scim('/Users?count=2');
    await scim('/Nowhere'); // comes after it
    await eventually('it is kept', async () => (await list()).requests.length === 5);
    expect((await list()).requests.map(({ path }) => path)).not.toContain('/scim/v2/Users?count=2');
    expect((await auditOf(server.db, tenantId)).filter((action) => action === 'connection.request-log')).toHaveLength(
      2,
    );
  });

  test('another tenant, and another connection, finds nothing', async () => {
    const [{ id: requestId } = { id: '' }] = (await list()).requests;
    const theirs = (method: string, path: string, body?: unknown) =>
      server.call(method, `/connections/${id}${path}`, { tenant: 'theirs', body });
    expect((await theirs('GET', '/requests')).status).toBe(404);
    expect((await theirs('GET', `/requests/${requestId}`)).status).toBe(404);
    expect((await theirs('GET', '/request-log')).status).toBe(404);
    expect((await theirs('PUT', '/request-log', { until: null })).status).toBe(404);
    const other = (await ours('POST', '/connections', { name: 'other' })).body.id;
    expect((await ours('GET', `/connections/${other}/requests/${requestId}`)).status).toBe(404);
    expect((await ours('GET', `/connections/${other}/requests`)).body).toEqual({ requests: [], next: null });
  });

  test.for([
    ['a time that is over', { until: '2020-01-01T00:00:00Z' }],
    ['more than a day', { until: inHours(25) }],
    ['no time', { until: 'tomorrow' }],
    ['nothing', {}],
    ['more than is known', { until: null, bodies: true }],
  ])('%s is not taken', async ([, body]) => {
    expect((await ours('PUT', `/connections/${id}/request-log`, body)).status).toBe(422);
  });

  test('a query that is not known is refused', async () => {
    for (const query of ['?limit=1001', '?after=x', '?failed=perhaps', '?status=400']) {
      expect((await ours('GET', `/connections/${id}/requests${query}`)).status).toBe(422);
    }
  });

  test('gangway connection requests shows them, one of them, and goes on', { timeout: 60_000 }, async () => {
    const env = { GANGWAY_DATA: server.dataDir, PORT: server.port, GANGWAY_TENANT: 'ours' };
    const lines = async (...args: string[]) =>
      (await gangway(['connection', ...args], env)).stdout.trimEnd().split('\n');
    const [headings, newest = ''] = await lines('requests', 'okta', '--failed');
    expect(headings).toMatch(/STATUS +REQUEST +TOOK +TOKEN +ID$/);
    expect(newest).toMatch(/^\S.* +404 +GET \/scim\/v2\/Nowhere +[\d.]+ ms +\S{12}… +\S{36}$/);
    const requestId = newest.split(' ').at(-1) ?? '';
    const shown = await lines('requests', 'okta', '--show', requestId);
    expect(shown[0]).toBe('GET /scim/v2/Nowhere');
    expect(shown.join('\n')).toContain('answered:\n{"schemas":');
    expect(await lines('request-log', 'okta', '--for', '2')).toEqual([
      expect.stringMatching(/^connection okta: all requests are kept until 20/),
    ]);
    expect(await lines('request-log', 'okta', '--off')).toEqual(['connection okta: failed requests are kept']);
    expect((await gangway(['connection', 'request-log', 'okta', '--for', '25'], env)).code).toBe(2);

    const main = join(import.meta.dirname, '../../src/main.ts');
    const options = { env: { PATH: process.env['PATH'], ...env } };
    const child = spawn(
      process.execPath,
      [main, 'connection', 'requests', 'okta', '--follow', '--limit', '1'],
      options,
    );
    let printed = '';
    child.stdout.on('data', (text) => {
      printed += text;
    });
    await expect.poll(() => printed, { timeout: 20_000 }).toMatch(/GET \/scim\/v2\/Nowhere .*\n$/);
    for (const path of ['/First', '/Second', '/Third']) await scim(path);
    await expect.poll(() => printed, { timeout: 20_000 }).toMatch(/\/First .*\n.*\/Second .*\n.*\/Third .*\n$/);
    child.kill();
  });
});
