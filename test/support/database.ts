import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { inject } from 'vitest';
import { openPool } from '../../src/database/pool.ts';
import { databaseUrl, sql, TEMPLATE } from './server.ts';

export type TestDatabase = { db: Knex; url: string; drop(): Promise<void> };

/** A migrated database of one's own, in some 50 ms; call `drop` in afterAll. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = inject('serverUrl');
  const name = `gangway_test_${randomUUID().replaceAll('-', '')}`;
  await sql(server, `create database ${name} template ${TEMPLATE}`);
  const url = databaseUrl(server, name);
  const db = openPool({ url });
  const drop = async () => {
    await db.destroy();
    await sql(server, `drop database if exists ${name} with (force)`);
  };
  return { db, url, drop };
}
