import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { gangway } from './gangway.ts';

let server: RunningServer;
let env: Record<string, string>;

beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  await server.call('POST', '/tenants', { body: { name: 'only' } });
  for (const name of ['idp', 'hr']) await server.call('POST', '/connections', { body: { name } });
});
afterAll(() => server.stop());

async function lines(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await gangway(args, env);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}
const printed = (text: string, name: string) => new RegExp(`^${name} +(\\S+)$`, 'm').exec(text)?.[1] ?? '';

test('tokens are made with an end and a scope, listed without their text, and two at most', async () => {
  expect(await lines('token', 'list', 'idp')).toBe('no tokens yet: gangway token add idp\n');
  const shown = await lines('token', 'add', 'idp', '--expires', '90d', '--scope', 'read');
  await lines('token', 'add', 'idp', '--expires', '12h');
  const list = await lines('token', 'list', 'idp');
  expect(list).toMatch(/^BEGINS WITH +MAY +MADE +EXPIRES +LAST USED +ID\n\S+… +read +\S.* +in 90 days +never +\S+\n/);
  expect(list).toMatch(/read, write +\S.* +in 12 h +never/);
  expect(list).not.toContain(printed(shown, 'Token').slice(-20));
  const third = await gangway(['token', 'add', 'idp'], env);
  expect([third.code, third.stdout]).toEqual([1, '']);
  expect(third.stderr).toMatch(/has 2 live tokens already: first revoke \S+ /);
}, 30_000);

test.for([
  [['--expires', 'soon'], 'like 90d or 12h'],
  [['--expires', '0d'], 'like 90d or 12h'],
  [['--scope', 'admin'], 'Allowed choices'],
] as const)('gangway token add idp %o is a usage error', async ([args, words]) => {
  const { code, stderr } = await gangway(['token', 'add', 'idp', ...args], env);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});

test('a client is made, gets a token at the address that is printed, and is revoked', async () => {
  const shown = await lines('client', 'add', 'hr');
  const [url, id, secret] = ['Token URL', 'client_id', 'client_secret'].map((name) => printed(shown, name));
  const fetchToken = () =>
    fetch(url ?? '', {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  expect((await fetchToken()).status).toBe(200);
  const list = await lines('client', 'list', 'hr');
  expect(list).toContain(id);
  expect(list).not.toContain(secret);
  await lines('client', 'revoke', list.trim().split(/\s+/).at(-1) ?? '');
  expect((await fetchToken()).status).toBe(401);
  expect(await lines('client', 'list', 'hr')).toBe('no clients yet: gangway client add hr\n');
}, 30_000);

test('a client with a public key gets no secret; a private key is refused and not repeated', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [open, closed] = ['public.json', 'private.json'].map((name) => join(server.dataDir, name));
  writeFileSync(open ?? '', JSON.stringify(publicKey.export({ format: 'jwk' })));
  const secret = privateKey.export({ format: 'jwk' });
  writeFileSync(closed ?? '', JSON.stringify(secret));
  const shown = await lines('client', 'add', 'hr', '--jwk', `file:${open}`);
  expect(shown).toContain('private_key_jwt');
  expect(shown).not.toContain('client_secret');
  const refused = await gangway(['client', 'add', 'hr', '--jwk', `file:${closed}`], env);
  expect([refused.code, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toContain('register the public one');
  expect(refused.stderr).not.toContain(secret.d);
}, 30_000);
