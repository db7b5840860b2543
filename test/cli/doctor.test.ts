import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { gangway, type Ran } from './gangway.ts';

type Finding = { check: string; result: string; words: string };

let server: RunningServer;
let env: Record<string, string>;
const ids: Record<string, string> = {};
const tokens: Record<string, string> = {};

const PROFILES = ['okta', 'entra', 'generic', 'rfc'] as const;

beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  expect((await gangway(['doctor'], env)).stdout).toContain('• there is no tenant yet');
  await server.call('POST', '/tenants', { body: { name: 'acme' } });
  const target = await server.call('POST', '/targets', { body: { name: 'app', kind: 'sandbox' } });
  for (const profile of PROFILES) {
    await connect(profile, { profile, policy: { invite: 'automatic' }, targets: [target.body.id] });
    await server.call('POST', `/connections/${ids[profile]}/enable`);
  }
});
afterAll(() => server?.stop());

async function connect(name: string, body: object): Promise<void> {
  ids[name] = (await server.call('POST', '/connections', { body: { name, ...body } })).body.id;
  tokens[name] = (await server.call('POST', `/connections/${ids[name]}/tokens`)).body.token;
}

const doctor = (args: string[], token = ''): Promise<Ran> =>
  gangway(['doctor', ...args, ...(token ? ['--token', 'env:PASTED'] : [])], { ...env, PASTED: token });

async function findings(args: string[], token?: string): Promise<{ code: number; all: Finding[]; wrong: string }> {
  const { code, stdout } = await doctor([...args, '--json'], token);
  const all = JSON.parse(stdout).findings as Finding[];
  const wrong = all.filter(({ result }) => result === 'wrong').map(({ words }) => words);
  return { code, all, wrong: wrong.join('\n') };
}

// one installation, looked at while it goes from well to worse
describe('the doctor', { shuffle: false }, () => {
  test.for(PROFILES)('a connection of the profile %s with nothing wrong', async (profile) => {
    const { code, stdout, stderr } = await doctor(['--connection', profile], tokens[profile]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('✗');
    expect(stdout).toContain('✓ the token is taken');
    expect(stdout).toContain(`✓ the token is one of ${profile}`);
    expect(stdout).toContain('✓ target app answers');
    expect(stdout).toMatch(/search for (nobody|a userName): fine/);
    expect(stdout).not.toContain(tokens[profile]);
  });

  test('the installation: all its connections and targets', async () => {
    const { code, stdout } = await doctor([]);
    expect(code).toBe(0);
    for (const profile of PROFILES) expect(stdout).toContain(`✓ connection ${profile} is enabled`);
    expect(stdout).toContain('Nothing is wrong.');
  });

  describe('what is wrong with the token', () => {
    const faults: [name: string, token: () => string, words: string][] = [
      ['none', () => '', 'no token was given'],
      ['nonsense', () => 'nonsense', 'the token is not taken'],
      ['an unknown one', () => `${tokens['okta']?.slice(0, -4)}AAAA`, 'the token is not taken'],
      ['the word Bearer before it', () => `Bearer ${tokens['okta']}`, 'begins with the word'],
      ['a line break in it', () => `${tokens['okta']?.slice(0, 9)}\n${tokens['okta']?.slice(9)}`, 'a line break'],
      [
        'another connection’s',
        () => tokens['entra'] ?? '',
        'the token is one of entra, not of okta: gangway token add okta',
      ],
    ];
    test.for(faults)('%s', async ([_, token, words]) => {
      const { code, wrong } = await findings(['--connection', 'okta'], token());
      expect(code).toBe(1);
      expect(wrong).toContain(words);
      expect(wrong).not.toContain(tokens['okta']);
    });

    test('revoked', async () => {
      await connect('spare', {});
      const { tokens: items } = (await server.call('GET', `/connections/${ids['spare']}/tokens`)).body as never as {
        tokens: { id: string }[];
      };
      await server.call('DELETE', `/tokens/${items[0]?.id}`);
      expect((await findings(['--connection', 'spare'], tokens['spare'])).wrong).toContain(
        'unknown, revoked or expired',
      );
    });
  });

  describe('what is wrong with the base URL', () => {
    test.for([
      ['https://gangway.example.com', 'its path is /'],
      ['https://gangway.example.com/scim/v2/', 'ends in a slash'],
      ['https://gangway.example.com/scim/v2/v2', '/v2 twice'],
      ['https://gangway.example.com/scim/v2/Users', 'leave out what follows'],
      ['http://gangway.example.com/scim/v2', 'not encrypted'],
      ['gangway.example.com/scim/v2', 'no address'],
      [' https://gangway.example.com/scim/v2', 'a blank before'],
    ])('%s', async ([address = '', words]) => {
      const { code, wrong } = await findings(['--connection', 'okta', '--scim', address], tokens['okta']);
      expect(code).toBe(1);
      expect(wrong).toContain(words);
    });

    test('nothing answers there', async () => {
      const { wrong } = await findings(
        ['--connection', 'okta', '--scim', 'https://127.0.0.1:9/scim/v2'],
        tokens['okta'],
      );
      expect(wrong).toContain('nothing answers (');
    });

    test('Entra’s switch behind it does no harm', async () => {
      const address = `${server.origin}/scim/v2?aadOptscim062020`;
      expect((await findings(['--connection', 'entra', '--scim', address], tokens['entra'])).wrong).toBe('');
    });
  });

  test('a connection that is not enabled, has no target and invites by hand', async () => {
    await connect('bare', { policy: { invite: 'manual' } });
    const { code, all, wrong } = await findings(['--connection', 'bare'], tokens['bare']);
    expect(code).toBe(1);
    expect(wrong).toContain('nothing leaves until `gangway connection enable bare`');
    expect(wrong).toContain('connection bare has no target');
    expect(all.find(({ check }) => check === 'invites')?.result).toBe('note');
    expect((await doctor([])).code).toBe(1);
  });

  test('a target that does not answer', async () => {
    const settings = { url: 'http://127.0.0.1:9', role: 'r', inviteUrl: 'http://127.0.0.1:9' };
    const made = await gangway(
      [
        ...['target', 'add', 'away', '--file', 'examples/targets/directus.yaml', '--secret', 'token=x'],
        ...Object.entries(settings).flatMap(([name, value]) => ['--setting', `${name}=${value}`]),
      ],
      env,
    );
    expect(made.code).toBe(0);
    const { code, wrong } = await findings([]);
    expect(code).toBe(1);
    expect(wrong).toContain('gangway target check away');
  });

  test.for([
    [['--connection', 'nope'], 'no connection "nope"; there are: okta'],
    [['--key', 'wrong'], 'does not take this key'],
    [['--url', 'http://127.0.0.1:9'], 'no Gangway answers at http://127.0.0.1:9'],
  ] as const)('gangway doctor %s', async ([args, words]) => {
    const { code, wrong } = await findings([...args]);
    expect(code).toBe(1);
    expect(wrong).toContain(words);
  });

  test('something else answers at --url', async () => {
    const other = createServer((_req, res) => res.end('{"hello":"world"}'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect((await findings(['--url', url])).wrong).toContain('is no Gangway');
    other.close();
  });

  test('it changes nothing', async () => {
    const count = async () =>
      (await server.db.raw(`select (select count(*) from audit) as audit, (select count(*) from people) as people`))
        .rows;
    const before = await count();
    await doctor(['--connection', 'entra'], tokens['entra']);
    expect(await count()).toEqual(before);
  });

  test('several tenants are looked at one after the other', async () => {
    await server.call('POST', '/tenants', { body: { name: 'other' } });
    const { stdout } = await doctor([]);
    expect(stdout).toContain('connection okta is enabled');
    expect(stdout).toContain('• there is no connection yet');
  });
});
