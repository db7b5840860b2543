import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { migrate, pendingMigrations } from '../../src/database/migrate.ts';
import { openPool } from '../../src/database/pool.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { databaseUrl, sql } from '../support/server.ts';

const MIGRATIONS = readdirSync(join(import.meta.dirname, '../../migrations')).length;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

test('a migrated database has nothing pending, and migrating again does nothing', async () => {
  expect(await pendingMigrations(database.db)).toEqual([]);
  expect(await migrate(database.db)).toEqual([]);
});

test('three instances that start together on an empty database migrate it once', async () => {
  const server = inject('serverUrl');
  const name = `gangway_together_${process.pid}`;
  await sql(server, `create database ${name}`);
  const pools = [1, 2, 3].map(() => openPool({ url: databaseUrl(server, name) }));
  try {
    const ran = await Promise.all(pools.map((db) => migrate(db)));
    expect(ran.map((names) => names.length).toSorted()).toEqual([0, 0, MIGRATIONS]);
  } finally {
    await Promise.all(pools.map((db) => db.destroy()));
    await sql(server, `drop database ${name} with (force)`);
  }
});

test('a partitioned schema keeps its tenants apart in partitions', async () => {
  const server = inject('serverUrl');
  const name = `gangway_partitioned_${process.pid}`;
  await sql(server, `create database ${name}`);
  const db = openPool({ url: databaseUrl(server, name) });
  try {
    await migrate(db, { partitioned: true });
    const { rows } = await db.raw(`select count(*)::int as n from pg_class where relkind = 'p' and relname = 'people'`);
    expect(rows[0].n).toBe(1);
  } finally {
    await db.destroy();
    await sql(server, `drop database ${name} with (force)`);
  }
});
