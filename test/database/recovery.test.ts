import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { expect, test } from 'vitest';
import { startEmbedded } from '../../src/database/embedded.ts';
import { isOutage } from '../../src/database/outage.ts';
import { openPool } from '../../src/database/pool.ts';
import { createLog } from '../../src/log.ts';
import { killServer, scratchForFile } from '../support/cluster.ts';

const log = createLog('warn');
const dataDir = scratchForFile();

test('kill -9 of the server loses nothing that was acknowledged, and the pool recovers by itself', async () => {
  const before = await startEmbedded({ dataDir, log });
  const db = openPool({ url: before.url });
  await db.raw('create table written (id int primary key)');
  const writers = writeUntilOutage(db, 4);
  await sleep(500);
  await killServer(dataDir, 'SIGKILL');
  const acknowledged = (await writers).flat();
  await expect(db.raw('select 1')).rejects.toSatisfy(isOutage);

  const after = await startEmbedded({ dataDir, log });
  expect(after).toMatchObject({ adopted: false, url: before.url });
  const { rows } = await db.raw<{ rows: { id: number }[] }>('select id from written');
  const stored = new Set(rows.map(({ id }) => id));
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  await db.destroy();
  await Promise.all([before.stop(), after.stop()]);
});

test('a process that outlived a crash of the server counts as its user again after the restart', async () => {
  const long = await startEmbedded({ dataDir, log });
  await killServer(dataDir, 'SIGKILL');
  const short = await startEmbedded({ dataDir, log });
  await sleep(1_500); // the other one looks every second
  await short.stop();
  const db = openPool({ url: long.url });
  expect((await db.raw('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await db.destroy();
  await long.stop();
});

/** Each writer inserts until the server fails it, and returns the ids it was told are stored. */
async function writeUntilOutage(db: Knex, writers: number): Promise<number[][]> {
  return Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const ids: number[] = [];
      for (let id = writer; ; id += writers) {
        const error = await db.raw('insert into written values (?)', [id]).then(
          () => null,
          (problem: unknown) => problem,
        );
        if (error) {
          expect(error).toSatisfy(isOutage);
          return ids;
        }
        ids.push(id);
      }
    }),
  );
}
