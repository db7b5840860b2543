import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmbedded } from '../../src/database/embedded.ts';
import { findBinaries, packagedNative } from '../../src/database/embedded-binaries.ts';
import { createLog } from '../../src/log.ts';
import { scratch } from '../support/cluster.ts';
import { sql } from '../support/server.ts';

const log = createLog('warn');

test('library links that npm could not pack are made, twice as well as once', async (context) => {
  const packaged = packagedNative() ?? context.skip('no packaged PostgreSQL for this platform');
  context.skip(!existsSync(join(packaged, 'pg-symlinks.json')), 'the package has no links on this platform');
  const native = join(scratch(), 'native');
  await cp(packaged, native, { recursive: true, filter: async (from) => !(await lstat(from)).isSymbolicLink() });

  const [one, other] = await Promise.all([find(native), find(native)]);
  expect(one, 'the programs run, so they found their libraries').toMatchObject({ native, major: 18 });
  expect(other).toEqual(one);
  expect(await find(native)).toEqual(one);
});

test('without a packaged PostgreSQL a private cluster is made with the machine’s own', async (context) => {
  const installed = await findBinaries({ native: null, copyTo: '' }).catch(() => null);
  if (!installed) return context.skip('no PostgreSQL >= 15 is installed here');
  const dataDir = scratch();

  const { url, stop } = await startEmbedded({ dataDir, log, durable: false }, { native: null });
  const [row] = await sql<{ server_version: string }>(url, 'show server_version');
  expect(Number.parseInt(row?.server_version ?? '', 10)).toBe(installed.major);
  expect(await sql(url, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  expect(await sql(url, "select array_agg(x order by x) as x from unnest('{b,B,a}'::text[]) x")).toEqual([
    { x: ['B', 'a', 'b'] },
  ]);
  await stop();
});

test('data of another major version is refused with advice and left as it was', async () => {
  const dataDir = scratch();
  const data = join(dataDir, 'cluster', 'data');
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'PG_VERSION'), '12\n');

  const start = startEmbedded({ dataDir, log });
  await expect(start).rejects.toMatchObject({ code: 'database_unavailable' });
  await expect(start).rejects.toThrow(/belongs to PostgreSQL 12.*pg_dump.*another data directory/);
  expect(readFileSync(join(data, 'PG_VERSION'), 'utf8')).toBe('12\n');
});

test('the data directory of somebody else’s server is refused', async () => {
  const dataDir = scratch();
  writeFileSync(join(dataDir, 'PG_VERSION'), '18\n');
  await expect(startEmbedded({ dataDir, log })).rejects.toThrow(/another PostgreSQL server.*Nothing was changed/);
});

function find(native: string) {
  return findBinaries({ native, copyTo: native });
}
