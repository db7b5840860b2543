import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLIENTS } from '../../src/opening/script.ts';
import { gangway } from '../cli/gangway.ts';
import { type RunningServer, runServer } from './running.ts';

type Step = { name: string; request: string; status: number; passed: boolean; words: string };
type Checked = { client: string; passed: boolean; steps: Step[] };

let server: RunningServer;
const ids: Record<string, string> = {};
const PROFILES = ['okta', 'entra', 'generic', 'rfc'] as const;
beforeAll(async () => {
  server = await runServer();
  await server.call('POST', '/tenants', { body: { name: 'ours' } });
  for (const profile of PROFILES) {
    ids[profile] = (await server.call('POST', '/connections', { body: { name: profile, profile } })).body.id;
  }
});
afterAll(() => server?.stop());

async function check(id: string | undefined, body: unknown = {}): Promise<{ status: number; body: Checked }> {
  const { status, body: checked } = await server.call('POST', `/connections/${id}/opening-check`, { body });
  return { status, body: checked as unknown as Checked };
}

/** How many rows there are of all that a request could leave. */
async function rows(): Promise<unknown> {
  const tables = [
    'credentials',
    'oauth_clients',
    'people',
    'groups',
    'scim_requests',
    'connection_quirks',
    'work_item',
  ];
  const counts = tables.map((name) => `(select count(*)::int from ${name}) as ${name}`);
  return (await server.db.raw(`select ${counts.join(', ')}`)).rows;
}

test.for(PROFILES)('the opening of the profile %s works, and leaves nothing behind', async (profile) => {
  const before = await rows();
  const { status, body } = await check(ids[profile]);
  expect([status, body.passed, body.client]).toEqual([200, true, profile === 'rfc' ? 'generic' : profile]);
  expect(body.steps[0]).toEqual({
    name: 'token',
    request: 'GET /ServiceProviderConfig',
    status: 200,
    passed: true,
    words: 'the token, and ServiceProviderConfig: fine',
  });
  expect(body.steps.length).toBeGreaterThan(2);
  expect(body.steps.every((step) => step.status === 200 && step.passed)).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 2_500)); // what is kept for support is written late
  expect(await rows()).toEqual(before);
});

test('the requests are those of the client that is named, whatever the profile', async () => {
  const opening = async (client: string) =>
    (await check(ids['rfc'], { client })).body.steps.map(({ request }) => request);
  const openings = await Promise.all(CLIENTS.map(opening));
  expect(new Set(openings.map((one) => one.join(' '))).size).toBe(CLIENTS.length);
  expect(openings[CLIENTS.indexOf('entra')]?.at(-1)).toContain('excludedAttributes=members');
});

test('it counts among no tokens, so that two at the same time and two live tokens do no harm', async () => {
  for (const _ of [1, 2]) await server.call('POST', `/connections/${ids['okta']}/tokens`);
  const both = await Promise.all([check(ids['okta']), check(ids['okta'])]);
  expect(both.map(({ body }) => body.passed)).toEqual([true, true]);
  const { body } = await server.call('GET', `/connections/${ids['okta']}/tokens`);
  expect(body['tokens']).toHaveLength(2);
});

test('a connection that takes nothing says why, step by step, and the command ends with 1', async () => {
  const { id } = (await server.call('POST', '/connections', { body: { name: 'ended' } })).body;
  await server.call('POST', `/connections/${id}/disconnect`);
  const before = await rows();
  const { body } = await check(id);
  expect(body.passed).toBe(false);
  expect(body.steps.map(({ status, passed }) => [status, passed])).toEqual(body.steps.map(() => [401, false]));
  expect(body.steps[0]?.words).toContain('is disconnected');
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await rows()).toEqual(before);

  const env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  const ended = await gangway(['connection', 'opening-check', 'ended'], env);
  expect([ended.code, ended.stdout]).toEqual([
    1,
    expect.stringContaining('✗ the token, and ServiceProviderConfig: 401'),
  ]);
  const fine = await gangway(['connection', 'opening-check', 'generic', '--client', 'entra'], env);
  expect([fine.code, fine.stdout]).toEqual([0, expect.stringContaining('✓ Entra’s connection test')]);
});

test('another tenant does not find it, and an unknown client is refused', async () => {
  await server.call('POST', '/tenants', { body: { name: 'theirs' } });
  const path = `/connections/${ids['okta']}/opening-check`;
  expect((await server.call('POST', path, { tenant: 'theirs' })).status).toBe(404);
  const body = { client: 'nobody' };
  expect((await server.call('POST', path, { tenant: 'ours', body })).status).toBe(422);
});
