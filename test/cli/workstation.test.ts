import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { type ForwardProxy, startForwardProxy } from '../support/forward-proxy.ts';
import { csv, employees } from '../support/rosters.ts';
import { gangwayIn } from './gangway.ts';

let server: RunningServer;
let proxy: ForwardProxy;
const home = mkdtempSync(join(tmpdir(), 'gangway-workstation-'));
const work = join(home, 'work');
const KEY_FILE = join(home, 'key');
const TLS_KEY = join(import.meta.dirname, '../fixtures/tls/secure.example.com.key');
const TLS_CERTIFICATE = join(import.meta.dirname, '../fixtures/tls/secure.example.com.crt');
let tls: { port: number; stop: () => unknown };

beforeAll(async () => {
  mkdirSync(join(home, '.config/gangway'), { recursive: true });
  mkdirSync(work);
  server = await runServer();
  await server.call('POST', '/tenants', { body: { name: 'acme' } });
  for (const name of ['hr', 'stores']) await server.call('POST', '/connections', { body: { name, targets: [] } });
  writeFileSync(KEY_FILE, `${server.adminKey}\n`);
  writeFileSync(join(work, 'staff.csv'), csv(employees(3)));
  tls = await startTls(Number(server.port));
  proxy = await startForwardProxy({ 'gangway.example.com': Number(server.port), 'secure.example.com': tls.port });
});
afterAll(async () => {
  await proxy?.stop();
  await tls?.stop();
  await server?.stop();
  rmSync(home, { recursive: true, force: true });
});

const run = (args: string[], env: Record<string, string> = {}) => gangwayIn(work, args, { HOME: home, ...env });
const settings = (text: string) => writeFileSync(join(home, '.config/gangway/config.yaml'), text);

/** The server behind TLS, as the test's own authority vouches for it: a key that is known to everybody, for nothing else. */
async function startTls(port: number): Promise<{ port: number; stop: () => unknown }> {
  const [key, cert] = [readFileSync(TLS_KEY), readFileSync(TLS_CERTIFICATE)];
  const front = createServer({ key, cert }, (req, res) => {
    const { method = 'GET', headers, url = '/' } = req;
    const onward = request({ host: '127.0.0.1', port, path: url, method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    req.pipe(onward);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const stop = () => {
    front.close();
    front.closeAllConnections();
  };
  return { port: (front.address() as AddressInfo).port, stop };
}

describe('S45: the console app on a workstation', { shuffle: false, timeout: 60_000 }, () => {
  test('S45: what stands in a file need not be said', async () => {
    settings(`url: ${server.origin}\nkeyFile: ../../key\nconnection: hr\n`);
    const { code, stdout, stderr } = await run(['roster', 'push', 'staff.csv']);
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringMatching(/^roster of hr: done/)]);
  });

  test('S45: a variable goes before the file, and an option before both; config show says which', async () => {
    const variable = { GANGWAY_CONNECTION: 'stores' };
    expect((await run(['roster', 'push', 'staff.csv'], variable)).stdout).toContain('roster of stores: done');
    const { stdout } = await run(['config', 'show', '--tenant', 'acme'], {
      ...variable,
      GANGWAY_ADMIN_KEY: 'secret-key',
    });
    expect(stdout).toMatch(/^url +http:\S+ +\S+config\.yaml /m);
    expect(stdout).toMatch(/^key +\(set\) +GANGWAY_ADMIN_KEY /m);
    expect(stdout).toMatch(/^tenant +acme +--tenant /m);
    expect(stdout).toMatch(/^connection +stores +GANGWAY_CONNECTION /m);
    expect(stdout).toMatch(/^profile +- +- /m);
    expect(stdout).not.toContain('secret-key');
  });

  test('S45: gangway.yaml of the folder goes before one’s own; but the key of one is not sent to the address of the other', async () => {
    writeFileSync(join(work, 'gangway.yaml'), 'connection: stores\nprofile: own.yaml\n');
    expect((await run(['config', 'show'])).stdout).toMatch(/^connection +stores +\S+gangway\.yaml /m);
    expect((await run(['config', 'show'])).stdout).toContain(join(work, 'own.yaml'));
    writeFileSync(join(work, 'gangway.yaml'), 'url: http://elsewhere.example.com\n');
    const { code, stderr } = await run(['connection', 'list']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('is not sent to the address of')]);
    rmSync(join(work, 'gangway.yaml'));
  });

  test.for([
    ['a key', 'key: secret-text', 'keyFile names the file'],
    ['a name that is none', 'ulr: x', 'there is no setting "ulr"'],
    ['an address that is none', 'url: nowhere', 'must be an address'],
    ['what is no YAML', 'url: [', 'is not valid YAML'],
    ['a list', '- url', 'must hold settings'],
  ])('S45: a file with %s is refused in words', async ([, text = '', says]) => {
    writeFileSync(join(work, 'gangway.yaml'), text);
    const { code, stderr } = await run(['connection', 'list']);
    rmSync(join(work, 'gangway.yaml'));
    expect([code, stderr]).toEqual([1, expect.stringContaining(says ?? '')]);
    expect(stderr).not.toContain('secret-text');
  });

  test('S45: a plain address is reached by HTTP_PROXY, and a roster goes up that way', async () => {
    const env = { HTTP_PROXY: proxy.url, GANGWAY_URL: 'http://gangway.example.com', GANGWAY_KEY_FILE: KEY_FILE };
    const { code, stdout, stderr } = await run(
      ['roster', 'push', 'staff.csv', '--connection', 'stores', '--dry-run'],
      env,
    );
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining('nothing to do')]);
    expect(proxy.seen.some((line) => line.includes('gangway.example.com'))).toBe(true);
  });

  test('S45: an address with TLS is reached through HTTPS_PROXY by CONNECT: the proxy sees no key', async () => {
    const env = { GANGWAY_URL: 'https://secure.example.com', GANGWAY_KEY_FILE: KEY_FILE };
    const trust = { NODE_EXTRA_CA_CERTS: TLS_CERTIFICATE };
    const { code, stdout, stderr } = await run(['connection', 'list'], { ...env, ...trust, https_proxy: proxy.url });
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining('stores')]);
    expect(proxy.seen).toContain('CONNECT secure.example.com:443');
  });

  test('S45: NO_PROXY is honoured, and this machine is never asked by way of another', async () => {
    const before = proxy.seen.length;
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, GANGWAY_KEY_FILE: KEY_FILE };
    const near = await run(['connection', 'list'], { ...env, GANGWAY_URL: server.origin });
    expect([near.code, near.stderr]).toEqual([0, '']);
    const far = await run(['connection', 'list'], {
      ...env,
      GANGWAY_URL: 'http://gangway.invalid',
      NO_PROXY: '.invalid',
    });
    expect([far.code, far.stderr]).toEqual([1, expect.stringContaining('no Gangway answers')]);
    expect(proxy.seen.length).toBe(before);
  });
});
