import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { type EventReceiver, startEventReceiver } from '../support/event-receiver.ts';
import { eventually, scimUser } from '../support/gangway.ts';
import { gangway } from './gangway.ts';

let server: RunningServer;
let receiver: EventReceiver;
let env: Record<string, string>;
let token: string;
beforeAll(async () => {
  server = await runServer();
  receiver = await startEventReceiver();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port, THEIR_TOKEN: 'kept-from-the-shell' };
  await server.call('POST', '/tenants', { body: { name: 'acme' } });
  const { body } = await server.call('POST', '/connections', { body: { name: 'hr', targets: [] } });
  token = (await server.call('POST', `/connections/${body.id}/tokens`, { body: {} })).body.token;
});
afterAll(async () => {
  await server?.stop();
  await receiver?.stop();
});

const run = (...args: string[]) => gangway(['events', ...args], env);
const joins = (name: string) =>
  fetch(`${server.origin}/scim/v2/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(scimUser(name)),
  });

describe('gangway events', { shuffle: false, timeout: 60_000 }, () => {
  test('a stream is made, its secret is shown once, and it says how far it has come', async () => {
    const made = await run('stream', 'add', 'siem', '--kind', 'webhook', '--to', receiver.url);
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toMatch(/secret +whsec_\S+\n\nThe secret is shown here and never again/);
    const push = ['--kind', 'set-push', '--to', receiver.url, '--audience', 'x', '--secret', 'token=env:THEIR_TOKEN'];
    expect((await run('stream', 'add', 'ssf', ...push)).stdout).toMatch(/^event stream ssf is there: \S+\n$/);
    const poll = await run('stream', 'add', 'poll', '--kind', 'set-poll', '--audience', 'x');
    expect(poll.stdout).toMatch(/fetch from +http\S+\/events\/poll\/\S+\nkey +ge_/);
    await joins('ada');
    await eventually('they have arrived', async () => receiver.got.length >= 2);
    expect(receiver.got.map(({ headers }) => headers['authorization'] ?? '')).toContain('Bearer kept-from-the-shell');
    const listed = (await run('stream', 'list')).stdout;
    expect(listed).toMatch(/siem +webhook +active/);
    expect(listed).not.toMatch(/whsec_|kept-from/);
    expect((await run('stream', 'show', 'siem')).stdout).toContain('behind: 0 events');
  });

  test('what happened is listed, with the place to go on from', async () => {
    const listed = await run('list', '--type', 'urn:ietf:params:scim:event:prov:create:notice');
    expect(listed.stdout).toMatch(/create:notice +person \S+, userName/);
    const next = /^next: (\S+)$/m.exec(listed.stdout)?.[1] ?? '';
    expect((await run('list', '--after', next)).stdout).toContain('nothing has happened since');
    expect((await run('list', '--after', 'nowhere')).stderr).toContain('take the `next`');
  });

  test('follow prints what happens, line by line, until it is interrupted', async () => {
    const main = join(import.meta.dirname, '../../src/main.ts');
    const child = spawn(process.execPath, [main, 'events', 'follow', '--json'], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    await eventually('it follows', async () => {
      await joins(`someone${Math.random()}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return text.includes('\n');
    });
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ type: expect.stringContaining('create:notice') });
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
  });

  test('a stream is paused, resumed, sent again from a place, given another secret, and removed', async () => {
    expect((await run('stream', 'pause', 'siem')).stdout).toContain('siem (webhook): paused, paused by an operator');
    expect((await run('stream', 'resume', 'siem')).stdout).toContain('siem (webhook): active');
    const before = receiver.got.length;
    expect((await run('stream', 'replay', 'siem', '--after', 'oldest')).code).toBe(0);
    await eventually('it was sent again', async () => receiver.got.length > before);
    expect((await run('stream', 'rotate', 'siem')).stdout).toMatch(/secret +whsec_/);
    expect((await run('stream', 'rotate', 'ssf')).stderr).toContain('change it by token');
    expect((await run('stream', 'remove', 'siem')).stdout).toBe('event stream siem is removed\n');
    expect((await run('stream', 'show', 'siem')).stderr).toContain('no event stream "siem"; there are: ssf, poll');
  });

  test('the signing key is listed and rotated', async () => {
    expect((await run('signing-key', 'list')).stdout).toContain('signs now');
    const rotated = await run('signing-key', 'rotate');
    expect(rotated.stdout).toMatch(/signs now: \S+\n\S+ stays published for seven days/);
  });
});
