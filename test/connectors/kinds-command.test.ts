import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { gangway } from '../cli/gangway.ts';
import { type Scim, startScim } from '../support/app.ts';
import { newSecret, type Receiver, startReceiver } from './webhook-receiver.ts';

const secret = newSecret();
let server: RunningServer;
let env: Record<string, string>;
let scim: Scim;
let receiver: Receiver;
beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  scim = await startScim();
  receiver = await startReceiver(secret);
  await gangway(['tenant', 'add', 'acme'], env);
});
afterAll(async () => {
  await receiver?.stop();
  await scim?.stop();
  await server?.stop();
});

test('a SCIM server is added and checked from the command line', async () => {
  const add = [
    'target',
    'add',
    'crm',
    '--kind',
    'scim',
    '--setting',
    `url=${scim.base}`,
    '--setting',
    'attributes=title',
  ];
  const token = ['--secret', 'token=env:CRM_TOKEN'];
  expect(await gangway([...add, ...token], { ...env, CRM_TOKEN: scim.token })).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout } = await gangway(['target', 'check', 'crm'], env);
  expect([code, stdout]).toEqual([
    0,
    'crm answers and takes the secret\n  can: groups, suspend, erase, list, read\n  stores: title\n',
  ]);
});

test('an app behind a webhook is added and checked from the command line', async () => {
  const file = join(server.dataDir, 'portal.secret');
  writeFileSync(file, `${secret}\n`);
  const add = ['target', 'add', 'portal', '--kind', 'webhook', '--setting', `url=${receiver.url}`];
  expect(await gangway([...add, '--secret', `secret=file:${file}`], env)).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout } = await gangway(['target', 'check', 'portal'], env);
  expect([code, stdout]).toEqual([0, expect.stringContaining('can: groups, suspend, erase\n')]);
  expect(receiver.events.map(({ type }) => type)).toEqual(['endpoint.check']);
});

test('what is wrong with the settings is said at once, without the secret', async () => {
  const add = ['target', 'add', 'bad', '--kind', 'webhook', '--setting', 'url=nowhere', '--setting', 'color=red'];
  const { code, stderr } = await gangway([...add, '--secret', `secret=${secret}`], env);
  expect(code).not.toBe(0);
  expect(stderr).toContain('color');
  expect(stderr).not.toContain(secret.slice(6));
});
