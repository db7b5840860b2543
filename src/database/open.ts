import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Config } from '../config.ts';
import { Fault } from '../errors.ts';
import type { Log } from '../log.ts';
import { startWatched } from './embedded-watch.ts';
import { migrate } from './migrate.ts';
import { isOutage } from './outage.ts';
import { openPool } from './pool.ts';

export type Database = { db: Knex; close(): Promise<void> };

/** Opens DATABASE_URL, or starts the embedded server where there is none, and brings the schema up to date. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir' | 'workerConcurrency'>,
  log: Log,
): Promise<Database> {
  const embedded =
    config.databaseUrl === null ? await startWatched({ dataDir: join(config.dataDir, 'database'), log }) : null;
  const db = openPool({ url: config.databaseUrl ?? embedded?.url ?? '', max: config.workerConcurrency + 8 });
  const close = async () => {
    await db.destroy();
    await embedded?.stop();
  };
  try {
    const names = await migrate(db);
    if (names.length) log.info({ migrations: names }, 'schema brought up to date');
    return { db, close };
  } catch (error) {
    await close();
    throw config.databaseUrl === null ? error : explained(error);
  }
}

/** Wrong password, no such user or database: the operator's to mend, not a bug. */
const REFUSALS = new Set(['28P01', '28000', '3D000', '42501']);

/** What DATABASE_URL's server said, in words; anything else stays as it is. */
export function explained(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (!isOutage(error) && !REFUSALS.has(code ?? '')) return error;
  const why = message || code || 'no answer';
  return new Fault('database_unavailable', `cannot use the database of DATABASE_URL: ${why}`, { cause: error });
}
