import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { gangway } from '../cli/gangway.ts';

let server: RunningServer;
let env: Record<string, string>;
type Account = { email: string; status: string; title: string; groups: string[] };

beforeAll(async () => {
  server = await runServer({ demo: true });
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
});
afterAll(() => server.stop());

async function accounts(): Promise<Account[]> {
  const response = await fetch(`${server.origin}/sandbox/accounts`, { headers: { accept: 'application/json' } });
  return response.json() as Promise<Account[]>;
}

function statuses(list: Account[]) {
  return Object.fromEntries(
    ['invited', 'active', 'suspended'].map((status) => [status, list.filter((one) => one.status === status).length]),
  );
}

// one story, told in this order
describe('days one after the other', { shuffle: false }, () => {
  test.for(['first', 'second'])(
    'the %s day ends with everybody where they belong',
    { timeout: 60_000 },
    async (day) => {
      const { code, stdout, stderr } = await gangway(['demo', '--fast'], env);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`${server.origin}/sandbox/accounts`);
      expect(stdout).toMatch(/p50 \d+ ms, max \d+ ms/);
      expect(stdout.includes('24 people of an earlier day')).toBe(day === 'second');
      expect(stdout).not.toContain('\u001b');
      const list = await accounts();
      expect(statuses(list)).toEqual({ invited: 6, active: 16, suspended: 3 });
      const by = (email: string) => list.find((one) => one.email === `${email}@example.com`);
      expect(by('freja.lindqvist')).toMatchObject({ status: 'suspended' }); // deleted
      expect(by('andrii.kovalenko-lindqvist')).toMatchObject({ groups: ['Finance'] });
      expect(by('andrii.kovalenko')).toBeUndefined(); // married
      expect(by('tamar.beridze')).toMatchObject({ status: 'active' }); // taken back
      expect(by('ines.almeida')).toMatchObject({ title: 'Senior Engineer', groups: ['Engineering'] }); // moved
    },
  );

  test('a smaller company leaves the others suspended', async () => {
    expect((await gangway(['demo', '--fast', '--people', '5'], env)).code).toBe(0);
    expect(statuses(await accounts())).toMatchObject({ suspended: 22 });
  });

  test.for([
    ['nobody listens', { PORT: '9' }, [], 'start it first: npm start'],
    ['there is no token', { GANGWAY_DATA: '/nowhere' }, [], 'npm start'],
    ['they are too few', {}, ['--people', '4'], 'from 5 to 500'],
  ] as const)('when %s it says so', async ([_, wrong, args, words]) => {
    const { code, stderr } = await gangway(['demo', '--fast', ...args], { ...env, ...wrong });
    expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
  });
});
