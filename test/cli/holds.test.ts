import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { eventually, patchOp, scimUser, settled } from '../support/gangway.ts';
import { gangway } from './gangway.ts';

let server: RunningServer;
let env: Record<string, string>;
beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
});
afterAll(() => server?.stop());

const lines = async (...args: string[]) => (await gangway(args, env)).stdout.trimEnd().split('\n');

test('an operator sees who is held and why, and lets them go', { timeout: 60_000 }, async () => {
  expect(await lines('tenant', 'add', 'acme')).toHaveLength(1);
  expect(await lines('hold', 'list')).toEqual(['nothing was ever held']);
  const { body: target } = await server.call('POST', '/targets', { body: { name: 'app', kind: 'sandbox' } });
  const guard = { floor: 0, perHourPercent: 0, perDayPercent: 0, twoPeoplePercent: 100 };
  const policy = { invite: 'automatic', guard };
  const wanted = { name: 'idp', targets: [target.id], policy };
  const { status, body: connection } = await server.call('POST', '/connections', { body: wanted });
  expect([status, connection['policy']]).toMatchObject([201, { guard }]);
  await server.call('POST', `/connections/${connection.id}/enable`);
  const { token } = (await server.call('POST', `/connections/${connection.id}/tokens`)).body;
  const scim = async (method: string, path: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.origin}/scim/v2${path}`, { method, headers, body: JSON.stringify(body) });
    return (await answer.json().catch(() => ({}))) as { id: string };
  };
  const people = [];
  for (const name of ['ada', 'bo', 'cleo']) people.push(await scim('POST', '/Users', scimUser(name)));
  await settled(server.db);
  const leave = patchOp({ op: 'replace', path: 'active', value: false });
  for (const { id } of people.slice(0, 2)) await scim('PATCH', `/Users/${id}`, leave);
  await settled(server.db);

  const [headings, hold = ''] = await lines('hold', 'list');
  expect(headings).toMatch(/^STATE +WAITING +CONNECTION +TARGET +SINCE +WHY +ID$/);
  expect(hold).toMatch(/^held +2 +idp +app +\S.* 2 of 3 accounts would lose access within one hour \(limit 0\)/);
  const id = hold.split(' ').at(-1) ?? '';
  expect((await lines('hold', 'show', id)).slice(-2)).toEqual([
    expect.stringMatching(/^ada@example\.com +held +suspend +-$/),
    expect.stringMatching(/^bo@example\.com +held +suspend +-$/),
  ]);
  expect((await lines('why', 'ada@example.com')).join('\n')).toContain(
    'waits: held: 2 of 3 accounts would lose access within one hour (limit 0)',
  );
  expect((await gangway(['hold', 'release', id], env)).code).toBe(2); // nobody answers for it
  expect(await gangway(['hold', 'release', id, '--as', 'Eve', '--person', 'zoe'], env)).toMatchObject({ code: 1 });
  expect(await lines('hold', 'release', id, '--as', 'Eve', '--person', 'ADA@example.com')).toEqual([
    '1 people will lose access now',
    `hold ${id} is held; 1 people wait in it`,
  ]);
  await eventually('ada is suspended', async () => {
    const { rows } = await server.db.raw(`select 1 from links where state = 'suspended'`);
    return rows.length === 1;
  });
  expect(await lines('hold', 'discard', id, '--as', 'Eve')).toEqual([
    '1 people keep access until the source says something new',
    `hold ${id} is discarded; 0 people wait in it`,
  ]);
  expect((await lines('why', 'bo@example.com')).join('\n')).toContain('waits: discarded by Eve');
});
