import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { expect, test } from 'vitest';
import { startEmbedded } from '../../src/database/embedded.ts';
import { createLog } from '../../src/log.ts';
import { inOtherProcess, killServer, scratch, scratchForFile } from '../support/cluster.ts';
import { sql } from '../support/server.ts';

const log = createLog('warn');
const dataDir = scratchForFile();

test('a cold start makes a cluster, and a warm one finds its data again at the same port', async () => {
  const empty = scratch();
  const leftover = join(empty, 'cluster.new-1234', 'data');
  mkdirSync(leftover, { recursive: true });

  const cold = await startEmbedded({ dataDir: empty, log });
  await sql(cold.url, "create table kept as select 'ÄÖ' as text");
  await cold.stop();
  const warm = await startEmbedded({ dataDir: empty, log });

  expect([cold.adopted, warm.adopted]).toEqual([false, false]);
  expect(await sql(warm.url, 'select lower(text) as text from kept')).toEqual([{ text: 'äö' }]);
  expect(warm.url).toBe(cold.url);
  expect(warm.pid).not.toBe(cold.pid);
  expect(readdirSync(empty), 'the half-made cluster and the lock are gone').toEqual(['cluster']);
  await warm.stop();
});

test('only a password opens it, which is in a private file and in no log', async () => {
  const lines: string[] = [];
  const listening = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const { url, stop } = await startEmbedded({ dataDir, log: listening, durable: false });
  const cluster = join(dataDir, 'cluster');
  const { password } = new URL(url);
  const wrong = url.replace(password, 'wrong');

  await expect(sql(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  expect(await sql(url, 'show password_encryption')).toEqual([{ password_encryption: 'scram-sha-256' }]);
  expect(readFileSync(join(cluster, 'data', 'pg_hba.conf'), 'utf8')).not.toMatch(/^[^#]*\b(trust|md5|password)\b/m);
  expect(statSync(join(cluster, 'password')).mode & 0o777).toBe(0o600);
  expect(await sql(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await sql(url, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
  await stop();
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join('')).not.toContain(password);
  expect(readFileSync(join(cluster, 'data', 'server.log'), 'utf8')).not.toContain(password);
});

test('a start that was killed within initdb leaves nothing that stops the next one', async () => {
  const empty = scratch();
  const other = inOtherProcess({ dataDir: empty, durable: false });
  other.catch(() => {}); // it never answers
  await expect.poll(() => readdirSync(empty).join(' '), { timeout: 10_000, interval: 5 }).toContain('cluster.new-');
  process.kill(Number(readFileSync(join(empty, 'starting.lock'), 'utf8').split(' ')[0]), 'SIGKILL');

  const { url, adopted, stop } = await startEmbedded({ dataDir: empty, log, durable: false });
  expect(adopted).toBe(false);
  expect(await sql(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await stop();
});

test('a server that cannot start says why, with the end of its log', async () => {
  const first = await startEmbedded({ dataDir, log, durable: false });
  await sql(first.url, "alter system set shared_preload_libraries = 'no_such_library'");
  await killServer(dataDir, 'SIGQUIT');
  await first.stop();

  const start = startEmbedded({ dataDir, log, durable: false });
  await expect(start).rejects.toMatchObject({ code: 'database_unavailable' });
  await expect(start).rejects.toThrow(/did not start.*DATABASE_URL.*no_such_library/s);
  writeFileSync(join(dataDir, 'cluster', 'data', 'postgresql.auto.conf'), '');
});
