import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { gangway } from './gangway.ts';

let server: RunningServer;
let env: Record<string, string>;

beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
});
afterAll(() => server.stop());

async function lines(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await gangway(args, env);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

// one story, told in this order
describe('who may steer Gangway, on the command line', { shuffle: false }, () => {
  let key: string;

  test('operators are added, listed, changed and removed', { timeout: 60_000 }, async () => {
    await lines('tenant', 'add', 'acme');
    expect(await lines('operator', 'list')).toContain('no operators yet');
    expect(await lines('operator', 'add', 'Ada', '--rights', 'people,audit', '--language', 'de')).toContain(
      'gangway operator link "Ada"',
    );
    expect(await lines('operator', 'role', 'ada', '--rights', 'people,integrations')).toContain('people, integrations');
    expect(await lines('operator', 'list')).toMatch(/Ada +people, integrations +not yet: gangway operator link/);
    const link = await lines('operator', 'link', 'Ada');
    expect(link.split('\n')[0]).toMatch(new RegExp(`^${server.origin}/console/sign-in/link/[\\w-]{43}$`));
    expect(await lines('operator', 'sessions', 'Ada')).toBe('signed in nowhere\n');
    expect(await lines('operator', 'sign-out', 'Ada')).toBe('sessions ended: 0\n');
    expect(await lines('operator', 'remove', 'Ada')).toContain('no role in this tenant any more');
  });

  test('S36: a technical user gets a key for the rosters of one connection', { timeout: 60_000 }, async () => {
    await lines('connection', 'add', 'idp');
    await lines('connection', 'add', 'other');
    const added = await lines('technical-user', 'add', 'hr', '--rights', 'rosters', '--connection', 'idp');
    expect(added).toContain('gangway technical-user key "hr"');
    const shown = await lines('technical-user', 'key', 'hr', '--expires', '90d');
    key = /gk_\S+/.exec(shown)?.[0] ?? '';
    expect(await lines('technical-user', 'keys', 'hr')).not.toContain(key.slice(40));
    expect(await lines('technical-user', 'list')).toMatch(/hr +rosters/);
  });

  test('S11, S36: a program of a target app gets a key for the badges of that target', {
    timeout: 60_000,
  }, async () => {
    await lines('target', 'add', 'app', '--kind', 'sandbox');
    await lines('technical-user', 'add', 'app', '--rights', 'badges', '--target', 'app');
    expect(await lines('technical-user', 'list')).toMatch(/app +badges/);
  });

  test('S37: with it, from another machine, a roster is pushed and nothing else done', {
    timeout: 60_000,
  }, async () => {
    const file = join(server.dataDir, 'people.csv');
    writeFileSync(file, 'number,mail,given,family\n1,ada@example.com,Ada,Lovelace\n');
    const profile = join(server.dataDir, 'profile.yaml');
    const columns = '{ number: employeeNumber, mail: email, given: givenName, family: familyName }';
    writeFileSync(profile, `columns: ${columns}\nkey: employeeNumber\nuserName: email\n`);
    await lines('roster', 'push', file, '--connection', 'idp', '--profile', profile, '--dry-run');
    const elsewhere = { GANGWAY_DATA: join(server.dataDir, 'none'), PORT: server.port, GANGWAY_API_KEY: key };
    const pushed = await gangway(['roster', 'push', file], elsewhere);
    expect([pushed.code, pushed.stderr]).toEqual([0, '']);
    expect(pushed.stdout).toContain('roster of idp: done');
    const refused = await gangway(['person', 'list'], elsewhere);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('needs the right')]);
    const { rows } = await server.db.raw(`select asked_by from runs order by id desc limit 1`);
    expect(rows).toEqual([{ asked_by: 'hr' }]);
  });

  test('S37: a second key, rotation, and the end of it', { timeout: 60_000 }, async () => {
    await lines('technical-user', 'key', 'hr');
    const third = await gangway(['technical-user', 'key', 'hr'], env);
    expect([third.code, third.stderr]).toEqual([1, expect.stringContaining('has 2 live keys already')]);
    expect(await lines('technical-user', 'key', 'hr', '--rotate')).toMatch(/Ended +\S{36}/);
    expect(await lines('technical-user', 'revoke', 'hr')).toBe('technical user hr and its keys are revoked\n');
    const { code, stderr } = await gangway(['run', 'list'], { ...env, GANGWAY_API_KEY: key });
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not take this key')]);
  });

  test('a mistyped right is said before anything is asked', async () => {
    const { code, stderr } = await gangway(['operator', 'add', 'Eve', '--rights', 'root'], env);
    expect([code, stderr]).toEqual([2, expect.stringContaining('people, integrations, audit, owner')]);
  });
});
