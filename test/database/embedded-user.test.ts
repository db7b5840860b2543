import { existsSync } from 'node:fs';
import { chown, cp, lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmbedded } from '../../src/database/embedded.ts';
import { packagedNative } from '../../src/database/embedded-binaries.ts';
import { canReach, canRun, nobody } from '../../src/database/embedded-owner.ts';
import { createLog } from '../../src/log.ts';
import { inOtherProcess, needRoot, scratch } from '../support/cluster.ts';

const log = createLog('warn');

test('an ordinary user keeps their data when root starts it once, and may lack write access to the programs', async (context) => {
  needRoot(context);
  const { uid = 0, gid = 0 } = nobody();
  context.skip(!mayRunTests(), 'nobody cannot reach this checkout');
  const dataDir = scratch();
  await chown(dataDir, uid, gid);
  const native = await withoutLinks(packagedNative() ?? context.skip('no packaged PostgreSQL for this platform'));
  const order = { dataDir, durable: false, circumstances: { native } };

  const theirs = await inOtherProcess(order, { uid, gid });
  expect(theirs.answer).toMatchObject({ adopted: false });
  await theirs.stop();
  const roots = await startEmbedded({ dataDir, log, durable: false });
  await roots.stop();
  const again = await inOtherProcess(order, { uid, gid });
  expect(again.answer).toMatchObject({ adopted: false });
  await again.stop();
  expect(existsSync(join(native, 'lib', 'libpq.so.5')), 'the read-only folder was left as it was').toBe(false);
});

test('an ordinary user who may not use the directory is told so', async (context) => {
  needRoot(context);
  const { uid = 0, gid = 0 } = nobody();
  context.skip(!mayRunTests(), 'nobody cannot reach this checkout');
  const { answer } = await inOtherProcess({ dataDir: scratch(0o700) }, { uid, gid });
  expect(answer).toMatchObject({
    fault: 'database_unavailable',
    message: expect.stringMatching(/EACCES.*user who owns/),
  });
});

function mayRunTests(): boolean {
  return canReach(nobody(), import.meta.dirname) && canRun(nobody(), process.execPath);
}

async function withoutLinks(native: string): Promise<string> {
  const copy = join(scratch(), 'native');
  await mkdir(copy);
  await cp(join(native, '..', 'package.json'), join(dirname(copy), 'package.json'));
  await cp(native, copy, { recursive: true, filter: async (from) => !(await lstat(from)).isSymbolicLink() });
  return copy;
}
