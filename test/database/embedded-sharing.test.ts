import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbedded } from '../../src/database/embedded.ts';
import { isRoot, nobody } from '../../src/database/embedded-owner.ts';
import { clusterIn } from '../../src/database/embedded-place.ts';
import { findPostmaster } from '../../src/database/embedded-postmaster.ts';
import { createLog } from '../../src/log.ts';
import { inOtherProcess, killServer, scratch, scratchForFile } from '../support/cluster.ts';
import { sql } from '../support/server.ts';

const log = createLog('warn');
const dataDir = scratchForFile();

test('processes that start at once on an empty directory share one server, and the last one ends it', async () => {
  const empty = scratch();
  const order = { dataDir: empty, durable: false };
  const both = await Promise.all([inOtherProcess(order), inOtherProcess(order)]);
  const [first, second] = both;
  const answers = both.map(({ answer }) => answer);

  expect(answers.map((answer) => 'adopted' in answer && answer.adopted).toSorted()).toEqual([false, true]);
  expect(new Set(answers.map((answer) => 'pid' in answer && answer.pid)).size).toBe(1);
  await first?.stop();
  expect(findPostmaster(clusterIn(empty)), 'the second has no query running, and still counts').not.toBeNull();
  await second?.stop();
  expect(findPostmaster(clusterIn(empty))).toBeNull();
});

test('a server whose process was killed is adopted, and so is one whose process forgot it', async () => {
  const killed = await inOtherProcess({ dataDir, durable: false });
  await killed.kill();
  const forgetful = await inOtherProcess({ dataDir, forget: true });
  if (forgetful.child.exitCode === null) await once(forgetful.child, 'exit'); // the server does not keep it alive
  const mine = await startEmbedded({ dataDir, log });

  expect(forgetful.answer).toMatchObject({ adopted: true });
  expect(mine).toMatchObject({ ...forgetful.answer });
  expect(await sql(mine.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await mine.stop();
  expect(findPostmaster(clusterIn(dataDir))).toBeNull();
});

test('a pid file that a crash left behind fools nobody when its pid is another program now', async () => {
  const first = await startEmbedded({ dataDir, log, durable: false });
  await killServer(dataDir, 'SIGKILL');
  const { uid, gid } = nobody(); // PostgreSQL itself is only fooled by a process of its own user
  const identity = isRoot() && uid !== undefined && gid !== undefined ? { uid, gid } : {};
  const bystander = spawn('sleep', ['60'], { ...identity, stdio: 'ignore' });
  onTestFinished(() => void bystander.kill());
  const pidFile = join(clusterIn(dataDir).data, 'postmaster.pid');
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(bystander.pid)));
  await first.stop();

  const second = await startEmbedded({ dataDir, log, durable: false });
  expect(second.adopted).toBe(false);
  expect(bystander.exitCode).toBeNull();
  await second.stop();
});

test('a running server that refuses the password is not replaced, and the message says which file to mend', async () => {
  const first = await startEmbedded({ dataDir, log, durable: false });
  const { passwordFile } = clusterIn(dataDir);
  const password = readFileSync(passwordFile, 'utf8');
  writeFileSync(passwordFile, 'another');
  const second = startEmbedded({ dataDir, log, durable: false });
  await expect(second).rejects.toMatchObject({ code: 'database_unavailable' });
  await expect(second).rejects.toThrow(passwordFile);
  writeFileSync(passwordFile, password);
  await first.stop();
});
