import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { eventually, scimUser, settled } from '../support/gangway.ts';
import { gangway } from './gangway.ts';

let server: RunningServer;
let env: Record<string, string>;
beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
});
afterAll(() => server?.stop());

const lines = async (...args: string[]) => (await gangway(args, env)).stdout.trimEnd().split('\n');

test('an operator has accounts compared, sees what was found, and gives memberships', { timeout: 90_000 }, async () => {
  await server.call('POST', '/tenants', { body: { name: 'acme' } });
  const { body: target } = await server.call('POST', '/targets', { body: { name: 'app', kind: 'sandbox' } });
  const policy = { invite: 'automatic', manualEdits: { title: 'lock', default: 'ask' } };
  const wanted = { name: 'idp', targets: [target.id], policy };
  const { body: connection } = await server.call('POST', '/connections', { body: wanted });
  const early = await gangway(['reconcile', 'idp'], env);
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('gangway connection enable idp')]);
  await server.call('POST', `/connections/${connection.id}/enable`);
  const { token } = (await server.call('POST', `/connections/${connection.id}/tokens`)).body;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await fetch(`${server.origin}/scim/v2/Users`, { method: 'POST', headers, body: JSON.stringify(scimUser('ada')) });
  await settled(server.db);
  expect(await lines('run', 'list')).toEqual(['no runs yet']);
  expect((await lines('connection', 'show', 'idp')).at(-1)).toMatch(/^app +never +- +in 1\d min$/);

  await server.db.raw(`update sandbox.accounts set profile = '{"title": "King"}'`);
  const [asked = ''] = await lines('reconcile', 'idp');
  expect(asked).toMatch(/^app: asked for; gangway run show \S+$/);
  const id = asked.split(' ').at(-1) ?? '';
  await eventually('the run has ended', async () => (await lines('run', 'show', id))[0]?.endsWith(': done'));
  await settled(server.db);
  expect((await lines('run', 'show', id)).join('\n')).toMatch(/^differs +1 +not as they were left$/m);
  expect((await lines('run', 'list', '--connection', 'idp'))[1]).toMatch(
    /^reconcile +done +idp +app .* missing 0, differs 1/,
  );
  expect((await lines('connection', 'show', 'idp')).at(-1)).toMatch(/^app +\S.*, done +missing 0, .* +in 4 h$/);
  expect((await gangway(['run', 'show', 'nonsense'], env)).stderr).toContain('no run nonsense');

  expect((await lines('person', 'list', '--state', 'edited'))[1]).toMatch(/^ada@example\.com +idp +app +\S+/);
  expect((await lines('person', 'managed', 'ada@example.com')).join('\n')).toMatch(/^title +app +idp +locked/m);
  expect(await lines('person', 'memberships', 'ada@example.com')).toEqual(['in no group']);
  expect(await lines('person', 'add-membership', 'ada@example.com', 'Crew', '--target', 'app')).toEqual([
    'ada@example.com gets into Crew at app',
  ]);
  expect((await lines('person', 'memberships', 'ada@example.com'))[1]).toMatch(/^Crew +app +by hand, in Gangway$/);
  expect(await lines('person', 'remove-membership', 'ada@example.com', 'Crew')).toEqual([
    'ada@example.com is in Crew by hand no longer',
  ]);
});
