import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curlLines } from '../../src/demo/welcome.ts';
import { eventually, scimUser } from '../support/gangway.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';

const run = promisify(execFile);
let dataDir: string;
let server: ServerProcess;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'gangway-'));
  server = await startProcess({ GANGWAY_DATA: dataDir });
});
afterAll(async () => {
  await server?.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

const accounts = async () => {
  const answer = await fetch(`${server.sandbox}/accounts`, { headers: { accept: 'application/json' } });
  return (await answer.json()) as { id: string; email: string; status: string; title: string | null }[];
};
const bearer = () => ({ authorization: `Bearer ${server.token}`, 'content-type': 'application/json' });
const postmaster = () => {
  const file = join(dataDir, 'database', 'cluster', 'data', 'postmaster.pid');
  return Number(readFileSync(file, 'utf8').split('\n')[0]);
};

// one story, told in this order
describe('the first hour', { shuffle: false }, () => {
  test('one JSON line says where everything is', () => {
    expect(server.lines).toHaveLength(1);
    const line = JSON.parse(server.lines[0] ?? '') as Record<string, unknown>;
    expect(Object.keys(line)).toEqual(['scim', 'token', 'sandbox', 'pid']);
    expect(line['pid']).toBe(server.child.pid);
  });

  test('the three printed lines work as pasted, each followed by the account within a second', async () => {
    const { joiner, mover, leaver } = curlLines(server);
    const paste = (line: string) => run('bash', ['-c', line]);
    const follows = (what: string, check: (account: { status: string; title: string | null }) => boolean) =>
      eventually(what, async () => (await accounts()).some(check), 3_000);

    expect(JSON.parse((await paste(joiner)).stdout)).toMatchObject({ userName: 'ada.lovelace@example.com' });
    await follows('invited', ({ status, title }) => status === 'invited' && title === 'Analyst');
    expect((await paste(mover)).stdout.trim()).toBe('204');
    await follows('updated', ({ title }) => title === 'Head of Analysis');
    expect((await paste(leaver)).stdout.trim()).toBe('204');
    await follows('suspended', ({ status }) => status === 'suspended');
    await paste(joiner); // pasted again: the rehire takes the same account back
    await follows('back', ({ status }) => status === 'invited');
    expect(await accounts()).toHaveLength(1);
  });

  test('secrets lie in files that only their owner can read, and in no log', () => {
    for (const name of ['demo-token', 'key', 'admin-key']) {
      expect(statSync(join(dataDir, name)).mode & 0o077).toBe(0);
    }
    expect(server.token).toBe(readFileSync(join(dataDir, 'demo-token'), 'utf8'));
  });

  test('when PostgreSQL is killed, SCIM answers 503 with Retry-After, never 404, and comes back by itself', async () => {
    const created = await fetch(`${server.scim}/Users`, {
      method: 'POST',
      headers: bearer(),
      body: JSON.stringify(scimUser('survivor')),
    });
    const { id } = (await created.json()) as { id: string };
    const read = () => fetch(`${server.scim}/Users/${id}`, { headers: bearer() });
    expect((await read()).status).toBe(200);

    process.kill(postmaster(), 'SIGKILL');
    const seen = new Set<number>();
    const refused = await eventually('a 503', async () => {
      const answer = await read();
      seen.add(answer.status);
      return answer.status === 503 ? answer : null;
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ status: '503' });
    await eventually(
      '200 again',
      async () => {
        const { status } = await read();
        seen.add(status);
        return status === 200;
      },
      30_000,
    );
    expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await eventually(
      'deliveries go on',
      async () => (await accounts()).some(({ email }) => email.startsWith('survivor')),
      30_000,
    );
  }, 60_000);

  test('a start on the same data is warm, keeps everything, and a stop ends the database too', async () => {
    const before = await accounts();
    expect(await server.end('SIGTERM')).toBe(0);
    const pidFile = join(dataDir, 'database', 'cluster', 'data', 'postmaster.pid');
    expect(existsSync(pidFile)).toBe(false);
    server = await startProcess({ GANGWAY_DATA: dataDir });
    expect(await accounts()).toEqual(before);
  });

  test('faults of the environment are reported all at once', async () => {
    const failing = startProcess({
      GANGWAY_DATA: dataDir,
      PORT: 'eighty',
      DATABASE_URL: 'mysql://x',
      LOG_LEVEL: 'loud',
    });
    await expect(failing).rejects.toThrow(/PORT.*DATABASE_URL.*LOG_LEVEL/s);
  });

  test('a port that is taken is explained', async () => {
    const port = new URL(server.scim).port;
    await expect(startProcess({ GANGWAY_DATA: dataDir, PORT: port })).rejects.toThrow(/PORT=/);
  });

  test('a database that cannot be used is explained in words', async () => {
    const start = (DATABASE_URL: string) => startProcess({ GANGWAY_DATA: dataDir, DATABASE_URL });
    await expect(start('postgresql://nobody:wrong@127.0.0.1:1/none')).rejects.toThrow(
      /^ended with 1: gangway: cannot use the database of DATABASE_URL: [^\n]*\n$/,
    );
  });
});
