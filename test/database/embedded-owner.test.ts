import { readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmbedded } from '../../src/database/embedded.ts';
import { packagedNative } from '../../src/database/embedded-binaries.ts';
import { canRun, nobody } from '../../src/database/embedded-owner.ts';
import { choosePlace, clusterIn } from '../../src/database/embedded-place.ts';
import { createLog } from '../../src/log.ts';
import { killServer, needRoot, scratch } from '../support/cluster.ts';
import { sql } from '../support/server.ts';

const log = createLog('error');
const UNSHARE = { prefix: ['unshare', '-U'] };

test('started by root, the server runs as nobody, or in a user namespace below a folder only root may enter', async (context) => {
  needRoot(context);
  context.skip(!canRun(UNSHARE, '/bin/true'), 'user namespaces are blocked here');
  const parent = scratch(0o700);
  const options = { dataDir: join(parent, 'data'), log, durable: false };
  const { data } = clusterIn(options.dataDir);

  const closed = await startEmbedded(options);
  expect([userOf(closed.pid), statSync(data).uid]).toEqual([0, 0]);
  await sql(closed.url, 'create table kept as select 1 as one');
  await closed.stop();
  await chmod(parent, 0o755);
  const open = await startEmbedded(options);
  expect([userOf(open.pid), statSync(data).uid]).toEqual([nobody().uid, nobody().uid]);
  await killServer(options.dataDir, 'SIGKILL');
  await chmod(parent, 0o700);
  const recovered = await startEmbedded(options);
  expect([userOf(recovered.pid), statSync(data).uid]).toEqual([0, 0]);
  expect(await sql(recovered.url, 'select * from kept')).toEqual([{ one: 1 }]);
  await Promise.all([recovered.stop(), open.stop()]);
});

test('where user namespaces are blocked, programs and data go where nobody can reach them', async (context) => {
  needRoot(context);
  const closed = scratch(0o700);
  const stateFolder = join(scratch(), 'state');
  const native = join(closed, 'native');
  symlinkSync(packagedNative() ?? context.skip('no packaged PostgreSQL for this platform'), native);
  const dataDir = join(closed, 'data');
  const circumstances = { native, stateFolder, rootWays: ['nobody' as const, 'copy' as const] };

  const first = await startEmbedded({ dataDir, log, durable: false }, circumstances);
  expect(userOf(first.pid)).toBe(nobody().uid);
  await sql(first.url, 'create table kept as select 1 as one');
  expect(readlinkSync(join(dataDir, 'cluster')), 'the way to the data stays in the data directory').toMatch(
    stateFolder,
  );
  await first.stop();
  const second = await startEmbedded({ dataDir, log, durable: false }, circumstances);
  expect(await sql(second.url, 'select * from kept')).toEqual([{ one: 1 }]);
  await second.stop();

  const open = scratch();
  const { cluster } = await choosePlace(open, circumstances);
  expect(cluster.folder, 'data that can be reached stays where it was wanted').toBe(join(open, 'cluster'));
});

test('when none of the ways is open, root is told what to do', async (context) => {
  needRoot(context);
  const start = startEmbedded({ dataDir: join(scratch(0o700), 'data'), log }, { rootWays: ['nobody'] });
  await expect(start).rejects.toMatchObject({ code: 'database_unavailable' });
  await expect(start).rejects.toThrow(/does not run as root.*DATABASE_URL/);
});

function userOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
