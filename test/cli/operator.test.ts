import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { gangway } from './gangway.ts';

const SECRET = 'a-secret-that-nobody-may-see';
let server: RunningServer;
let env: Record<string, string>;

beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
});
afterAll(() => server.stop());

/** A command that must succeed; its JSON. */
async function json<T = { id: string; name: string }>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await gangway([...args, '--json'], env);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

async function lines(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await gangway(args, env);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

// one story, told in this order
describe('an operator at work', { shuffle: false }, () => {
  test('an operator connects an identity provider to an app, and asks why', { timeout: 60_000 }, async () => {
    expect(await lines('tenant', 'list')).toBe('no tenants yet: gangway tenant add NAME\n');
    expect(await lines('tenant', 'add', 'acme')).toMatch(/^tenant acme is there: [-0-9a-f]{36}\n$/);
    await json('target', 'add', 'app', '--kind', 'sandbox');
    expect(await lines('target', 'check', 'app')).toContain('can: groups, suspend, erase, list');
    await json('connection', 'add', 'idp', '--profile', 'okta', '--target', 'app', '--invite', 'automatic');
    const list = await lines('connection', 'list');
    expect(list).toMatch(/^NAME +PROFILE +STATE +INVITES +TARGETS +ID\nidp +okta +connected +automatic +app +\S+\n$/);
    const { scim, token, id } = await json<{ scim: string; token: string; id: string }>('token', 'add', 'idp');
    expect(scim).toBe(`${server.origin}/scim/v2`);
    await create(scim, token, 'grace@example.com');
    expect(await lines('why', 'grace@example.com')).toContain('connection idp is connected: nothing leaves until');
    expect(await lines('connection', 'preview', 'idp')).toContain('grace@example.com: will be invited');
    const enabled = await lines('connection', 'enable', 'idp', '--yes');
    expect(enabled).toMatch(/in both +0\n +target only +0 \(never touched\)\n +source only +1 \(will be invited\)/);
    expect(enabled).toContain('is enabled');
    await atRest();
    const why = await lines('why', 'GRACE@example.com');
    expect(why).toContain(': invite grace@example.com');
    expect(why).toContain('idp said');
    expect(why).toMatch(/linked to account acc_\S+, which is invited \(made by Gangway\)/);
    expect(why).toContain('as it should be; nothing waits');
    expect(await lines('connection', 'quirks', 'idp')).toContain('nothing so far: connection idp keeps to the RFC');
    await server.db.raw(
      `insert into connection_quirks (tenant_id, connection_id, quirk, count, first_seen, last_seen)
       select tenant_id, id, q, 3, now(), now() from connections, unnest(array['rehire_by_post', 'urn_dot', 'of_later']) q`,
    );
    const quirks = await lines('connection', 'quirks', 'idp');
    expect(quirks).toMatch(/^QUIRK +REQUESTS +LAST SEEN +BY OKTA +WHAT IT SENDS\n/);
    expect(quirks).toMatch(/^rehire_by_post +3 +(now|\d+ s ago) +expected +a POST for somebody/m);
    expect(quirks).toMatch(/^urn_dot +3 +(now|\d+ s ago) +NOT EXPECTED +a dot between/m);
    expect(quirks).toMatch(/^of_later +3 +(now|\d+ s ago) +NOT EXPECTED +unknown to this version/m);
    expect(quirks).toContain('profile okta does not expect all of this; it is a habit of: Entra ID. Is');
    expect(await lines('connection', 'pause', 'idp')).toContain('is paused');
    expect(await lines('token', 'revoke', id)).toContain('is revoked');
    expect((await create(scim, token, 'late@example.com')).status).toBe(401);
  });

  test('an operator changes what is there, ends a connection and takes it back', { timeout: 60_000 }, async () => {
    expect(await lines('connection', 'set', 'idp', '--name', 'okta')).toBe('connection okta has profile okta\n');
    expect(await lines('connection', 'set', 'okta', '--name', 'idp')).toContain('connection idp');
    const preview = await lines('connection', 'disconnect', 'idp', '--preview');
    expect(preview).toContain('pending invitations that are revoked  1 of 1');
    expect(await lines('connection', 'disconnect', 'idp', '--yes')).toContain('connection idp is disconnected');
    await atRest();
    expect(await lines('why', 'grace@example.com')).toContain('`gangway connection connect idp` takes it back');
    expect(await lines('connection', 'connect', 'idp')).toContain('next: gangway connection enable idp');
    await json('target', 'add', 'second', '--kind', 'sandbox');
    expect(await lines('target', 'set', 'second', '--name', 'spare')).toContain('it answers and takes its settings');
    expect(await lines('connection', 'attach', 'idp', 'spare')).toContain('target spare follows connection idp');
    expect(await lines('connection', 'detach', 'idp', 'spare')).toContain('target spare no longer follows');
    await atRest();
    expect(await lines('target', 'remove', 'spare')).toContain('target spare is removed');
    const { code, stdout, stderr } = await gangway(['target', 'set', 'app', '--secret', SECRET], env);
    expect([code, stdout, stderr.includes(SECRET)]).toEqual([2, '', false]);
  });

  async function atRest(): Promise<void> {
    const due = async () =>
      (await server.db.raw(`select 1 from work_item where state = 'ready' and kind = 'push'`)).rows.length;
    await expect.poll(due, { timeout: 20_000 }).toBe(0);
  }

  async function create(scim: string, token: string, userName: string) {
    return fetch(`${scim}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName }),
    });
  }

  describe('secrets', () => {
    const add = (name: string, secret: string, more: Record<string, string> = {}) =>
      gangway(
        [
          'target',
          'add',
          name,
          '--file',
          'examples/targets/directus.yaml',
          ...['url=http://127.0.0.1:9', 'role=r', 'inviteUrl=http://127.0.0.1:9'].flatMap((text) => [
            '--setting',
            text,
          ]),
          '--secret',
          secret,
        ],
        { ...env, ...more },
      );

    test('come from the command line, the environment or a file, and are printed nowhere', async () => {
      const path = join(server.dataDir, 'secret.txt');
      writeFileSync(path, `${SECRET}\n`);
      const sources: [string, string, Record<string, string>?][] = [
        ['typed', `token=${SECRET}`],
        ['variable', 'token=env:APP_TOKEN', { APP_TOKEN: SECRET }],
        ['file', `token=file:${path}`],
      ];
      const runs = await Promise.all(sources.map(([name, secret, more]) => add(name, secret, more)));
      expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, '']));
      const shown = [...runs.map(({ stdout }) => stdout), JSON.stringify(await json('target', 'list'))].join();
      expect(shown).not.toContain(SECRET);
    });

    test.for([
      [`--secret without a name`, [`--secret`, SECRET], 2],
      [`--secret=VALUE without a name`, [`--secret=${SECRET}`], 2],
      [`a mistyped option`, [`--secrt=token=${SECRET}`], 2],
      [`a blank too many`, ['--secret', 'token=', SECRET], 2],
      [`an unknown kind`, ['--kind', 'fax', '--secret', `token=${SECRET}`], 1],
      [`a variable that is not set`, ['--secret', 'token=env:NOT_SET_HERE'], 1],
      [`a file that is not there`, ['--secret', 'token=file:/not/there'], 1],
      [`a name that is taken`, ['--kind', 'sandbox', '--secret', `token=${SECRET}`], 1],
    ] as const)('are not repeated by errors: %s', async ([_, args, expected]) => {
      const { code, stdout, stderr } = await gangway(['target', 'add', 'app', ...args], env);
      expect([code, stdout]).toEqual([expected, '']);
      expect(stderr).toMatch(/^(gangway|error): /);
      expect(stderr).not.toContain(SECRET);
    });
  });

  test.for([
    [['tenant', 'add'], 2, 'missing required argument'],
    [['target'], 2, 'Usage: '],
    [['connection', 'add', 'x', '--profile', 'ldap'], 2, 'Allowed choices'],
    [['target', 'list', '--url', 'localhost'], 2, 'Give an address'],
    [['tenant', 'add', 'acme'], 1, 'exists already'],
    [['connection', 'add', 'x', '--target', 'nope'], 1, 'no target "nope"; there are: app'],
    [['connection', 'enable', 'idp'], 2, 'add --yes'],
    [['connection', 'enable', 'nope'], 1, 'no connection "nope"; there are: idp'],
    [['token', 'revoke', 'nope'], 1, 'no token nope'],
    [['why', 'nobody'], 1, 'no connection knows anybody'],
    [['target', 'list', '--tenant', 'кто'], 1, 'no tenant "кто"'],
    [['target', 'list', '--key', 'wrong'], 1, 'does not take this key'],
    [['target', 'list', '--url', 'http://127.0.0.1:9'], 1, 'no Gangway answers at http://127.0.0.1:9'],
  ] as const)('gangway %s exits with %i', async ([args, expected, words]) => {
    const { code, stdout, stderr } = await gangway([...args], env);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
  });

  test('the key comes from the environment, else from the data folder', async () => {
    const elsewhere = { PORT: server.port, GANGWAY_DATA: join(server.dataDir, 'elsewhere') };
    const without = await gangway(['target', 'list'], elsewhere);
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('GANGWAY_ADMIN_KEY')]);
    const { code, stdout } = await gangway(['target', 'list'], { ...elsewhere, GANGWAY_ADMIN_KEY: server.adminKey });
    expect(code).toBe(0);
    expect(stdout).not.toContain(server.adminKey);
    expect((await gangway(['target', 'list', '--help'], { GANGWAY_ADMIN_KEY: server.adminKey })).stdout).not.toContain(
      server.adminKey,
    );
  });

  test('names in any script line up, and cannot steer the terminal', async () => {
    await json('target', 'add', '日本', '--kind', 'sandbox');
    await json('target', 'add', 'red\u001b[31m', '--kind', 'sandbox');
    const rows = (await lines('target', 'list')).split('\n');
    const column = rows.find((row) => row.startsWith('日本'))?.indexOf('sandbox');
    // each of the two letters takes two columns
    expect(column).toBe((rows[0]?.indexOf('KIND') ?? 0) - 2);
    expect(rows.join('\n')).not.toContain('\u001b');
  });
});
