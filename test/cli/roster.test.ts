import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { csv, employee, employees } from '../support/rosters.ts';
import { gangway } from './gangway.ts';

let server: RunningServer;
let env: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'gangway-rosters-'));
beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  await server.call('POST', '/tenants', { body: { name: 'acme' } });
  await server.call('POST', '/connections', { body: { name: 'hr', targets: [] } });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const run = (...args: string[]) => gangway(['roster', ...args], env);
const EXAMPLES = join(import.meta.dirname, '../../examples/rosters');

describe('S44–S46: gangway roster', { shuffle: false, timeout: 60_000 }, () => {
  test('a dry run and a push of a CSV end with 0; the same file again has nothing to do', async () => {
    const path = file('all.csv', csv(employees(30)));
    const dry = await run('push', path, '--connection', 'hr', '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringMatching(/^new +30 +people who are new$/m)]);
    const push = await run('push', path, '--connection', 'hr');
    expect([push.code, push.stdout]).toEqual([0, expect.stringMatching(/^applied +30 +applied$/m)]);
    const again = await run('push', path);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing to do')]);
  });

  test('a shrunken file ends with 3 and says how to release it', async () => {
    const held = await run('push', file('few.csv', csv(employees(5))));
    expect([held.code, held.stdout]).toEqual([3, expect.stringContaining('gangway roster release')]);
    const id = /release (\S+)/.exec(held.stdout)?.[1] ?? '';
    const shown = await gangway(['run', 'show', id], env);
    expect(shown.stdout).toContain(`gangway roster release ${id}`);
    expect((await run('discard', id)).code).toBe(2); // nobody said who
    expect((await run('discard', id, '--as', 'Ada')).stdout).toContain('discarded by Ada');
    expect((await run('release', id, '--as', 'Ada')).stderr).toContain('not held');
  });

  test('rejected rows end with 4, and the error file is fetched', async () => {
    const bad = csv([...employees(29), employee(30, { email: 'nowhere' })]);
    const push = await run('push', file('bad.csv', bad), '--no-errors');
    expect(push.code).toBe(4);
    const id = /roster errors (\S+)/.exec(push.stdout)?.[1] ?? '';
    const out = join(folder, 'errors.csv');
    expect((await run('errors', id, '--out', out)).stdout).toBe(`written to ${out}\n`);
    expect(readFileSync(out, 'utf8')).toContain('invalid_email');
  });

  test('a file that is no roster ends with 1 and the reason; one that is not there too', async () => {
    const refused = await run('push', file('other.csv', 'a,b\n1,2\n'));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('employeeNumber')]);
    expect((await run('push', join(folder, 'nowhere.csv'))).stderr).toContain('cannot read');
  });

  test('a profile is proposed from a file, looked at, set, and used', async () => {
    const out = join(folder, 'profile.yaml');
    const example = join(EXAMPLES, 'employees.csv');
    const proposed = await run('propose', example, '--out', out);
    expect(proposed.stdout).toMatch(/^Personalnummer +employeeNumber +95 %/m);
    expect((await run('profile', 'set', 'hr', '--file', out)).stdout).toMatch(/^dateFormat +DD\.MM\.YYYY +set/m);
    expect((await run('profile', 'show', 'hr')).stdout).toMatch(/^semantics +fullActive +left out/m);
    const dry = await run('push', example, '--dry-run');
    expect(dry.stdout).toContain('it would be held');
  });
});
