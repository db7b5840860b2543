import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type RunningServer, runServer } from '../admin/running.ts';
import { gangway } from './gangway.ts';

const URN = 'urn:example:Store:1.0:User';
let server: RunningServer;
let env: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'gangway-config-'));
const FILE = join(folder, 'tenant.yaml');
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const config = (tenant: string, ...args: string[]) => gangway(['config', ...args, '--tenant', tenant], env);

beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  for (const environment of ['test', 'live']) {
    await server.call('POST', '/tenants', { body: { name: `acme ${environment}`, environment } });
  }
  await provision('acme test', 'test', 'automatic');
  await provision('acme live', 'live', 'manual');
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One target, one connection; the test system has more that is to be taken over. */
async function provision(tenant: string, environment: string, invite: string): Promise<void> {
  const settings = { url: `http://${environment}.example.com` };
  const body = { name: 'app', kind: 'scim', environment, settings, secrets: { token: `secret-of-${environment}` } };
  const target = (await server.call('POST', '/targets', { tenant, body })).body;
  const wanted = { name: 'hr', policy: { invite, protected: ['boss@example.com'] }, targets: [target.id] };
  await server.call('POST', '/connections', { tenant, body: wanted });
}
const connection = async (tenant: string, what: string) =>
  (await server.call('GET', `/connections/${await hrId(tenant)}/${what}`, { tenant })).body;

describe('S40: what was tried in a test system is taken over into the live one', {
  shuffle: false,
  timeout: 60_000,
}, () => {
  test('S40: the test system is exported: its policy, mapping and names of secrets, no people and no secrets', async () => {
    const tenant = 'acme test';
    const extension = { name: 'Store', attributes: [{ name: 'storeId', type: 'string' }] };
    expect((await server.call('PUT', `/extensions/${URN}`, { tenant, body: extension })).status).toBe(201);
    const id = await hrId(tenant);
    const mapping = { attributes: { store: { from: `${URN}:storeId` } } };
    expect((await server.call('PUT', `/connections/${id}/mapping`, { tenant, body: mapping })).status).toBe(200);
    const profile = { columns: { Nr: 'employeeNumber', Mail: 'email' }, require: ['email'] };
    expect((await server.call('PUT', `/connections/${id}/roster-profile`, { tenant, body: profile })).status).toBe(200);
    const { code, stdout } = await config(tenant, 'export');
    expect(code).toBe(0);
    expect(stdout).not.toContain('secret-of-test');
    expect(parse(stdout)).toMatchObject({
      environment: 'test',
      extensions: { [URN]: { name: 'Store' } },
      targets: { app: { kind: 'scim', environment: 'test', secrets: ['token'] } },
      connections: { hr: { targets: ['app'], policy: { invite: 'automatic' }, mapping, rosterProfile: profile } },
    });
    writeFileSync(FILE, stdout);
  });

  test('S40: a system differs in nothing from its own export', async () => {
    expect(await config('acme test', 'plan', FILE)).toMatchObject({ code: 0, stdout: 'all is as the file says\n' });
  });

  test('S40: the plan shows what differs, and not the address of the app', async () => {
    const { code, stdout } = await config('acme live', 'plan', FILE);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^connections\.hr\.policy\.invite +manual +automatic$/m);
    expect(stdout).toMatch(/^connections\.hr\.mapping\.attributes\.store +- +\{"from":/m);
    expect(stdout).not.toContain('test.example.com');
  });

  test('S40: nothing is done without a yes, and nobody is there to give it', async () => {
    const { code, stderr } = await config('acme live', 'import', FILE);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect((await connection('acme live', 'policy'))['set']).toMatchObject({ invite: 'manual' });
  });

  test('S40: the import makes it so, through plans that the audit knows; the target stays the live one', async () => {
    const { code, stdout, stderr } = await config('acme live', 'import', FILE, '--yes', '--as', 'Ada');
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining('done: mapping of connection hr')]);
    expect((await connection('acme live', 'policy'))['set']).toMatchObject({ invite: 'automatic' });
    expect((await connection('acme live', 'roster-profile'))['set']).toMatchObject({
      columns: { Nr: 'employeeNumber' },
    });
    const { targets } = (await server.call('GET', '/targets', { tenant: 'acme live' })).body as never as {
      targets: object[];
    };
    expect(targets).toMatchObject([{ environment: 'live', settings: { url: 'http://live.example.com' } }]);
    const { plans } = (await server.call('GET', '/plans', { tenant: 'acme live' })).body as never as {
      plans: object[];
    };
    expect(plans).toMatchObject([
      { kind: 'mapping', state: 'applied', createdBy: 'Ada' },
      { kind: 'policy', state: 'applied' },
    ]);
  });

  test('S40: once more there is nothing to do, and what the file does not name stays', async () => {
    expect(await config('acme live', 'import', FILE, '--yes')).toMatchObject({
      code: 0,
      stdout: 'all is as the file says\n',
    });
    const few = write('few.yaml', 'environment: test\nconnections:\n  hr:\n    policy: { graceDays: 14 }\n');
    expect((await config('acme live', 'import', few, '--yes')).code).toBe(0);
    const set = { invite: 'automatic', graceDays: 14, protected: ['boss@example.com'] };
    expect((await connection('acme live', 'policy'))['set']).toEqual(set);
    expect((await connection('acme live', 'mapping'))['mapping']).toMatchObject({ attributes: { store: {} } });
  });

  test('S40: what one person alone may not change waits for a second one', async () => {
    await server.call('POST', `/connections/${await hrId('acme live')}/enable`, { tenant: 'acme live' });
    const wide = write('wide.yaml', 'environment: live\nconnections:\n  hr:\n    policy: { onDeactivate: erase }\n');
    const { code, stdout } = await config('acme live', 'import', wide, '--yes');
    expect([code, stdout]).toEqual([3, expect.stringMatching(/waits for a second person[\s\S]*gangway plan approve/)]);
    expect((await connection('acme live', 'policy'))['set']).not.toMatchObject({ onDeactivate: 'erase' });
  });

  test('a tenant can be made anew from its file: the secrets are asked for by name', async () => {
    await server.call('POST', '/tenants', { body: { name: 'acme again', environment: 'test' } });
    const lacking = await config('acme again', 'import', FILE, '--yes');
    expect([lacking.code, lacking.stderr]).toEqual([1, expect.stringContaining('--secret app.token=env:VARIABLE')]);
    const secret = ['--secret', `app.token=file:${write('token', 'secret-of-test\n')}`];
    const made = await config('acme again', 'import', FILE, '--yes', ...secret);
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).not.toContain('secret-of-test');
    expect((await config('acme again', 'export')).stdout).toBe(readFileSync(FILE, 'utf8'));
    expect((await connection('acme again', 'policy'))['set']).toMatchObject({ invite: 'automatic' });
  });

  test.for([
    ['no YAML', '[', 'is not valid YAML'],
    ['a part that nobody knows', 'environment: live\npeople: {}\n', 'there is no "people"'],
    ['no environment', 'connections: {}\n', 'environment: must be one of'],
    [
      'a part of a connection that nobody knows',
      'environment: live\nconnections: { hr: { state: enabled } }\n',
      'connections.hr',
    ],
  ])('a file with %s is refused in words', async ([, text = '', says = '']) => {
    const { code, stderr } = await config('acme live', 'plan', write('wrong.yaml', text));
    expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
  });
});

async function hrId(tenant: string): Promise<string> {
  const list = (await server.call('GET', '/connections', { tenant })).body as unknown as {
    connections: { id: string; name: string }[];
  };
  return list.connections.find(({ name }) => name === 'hr')?.id ?? '';
}
