import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/database/embedded.ts';
import { createLog } from '../src/log.ts';
import { runSql } from './servers.ts';

export type Postgres = { url: string; pid: number; version: string; folder: string; stop(): Promise<void> };

/** What would otherwise fall on whoever happens to be measured; the scenarios are vacuumed in between instead. */
const SETTINGS = { autovacuum: 'off', checkpoint_timeout: '1h', max_wal_size: '8GB' };
export const SETTINGS_TEXT = Object.entries(SETTINGS)
  .map(([name, value]) => `${name}=${value}`)
  .join(', ');

/** A PostgreSQL for one run, as durable as in production, in a folder that goes with it. */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'gangway-bench-'));
  await chmod(folder, 0o755); // started by root, PostgreSQL runs as another user
  const embedded = await startEmbedded({ dataDir: folder, log: createLog('warn'), durable: true });
  const stop = async () => {
    await embedded.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  for (const [name, value] of Object.entries(SETTINGS)) {
    await runSql(embedded.url, `alter system set ${name} = '${value}'`);
  }
  await runSql(embedded.url, 'select pg_reload_conf()');
  const [row] = await runSql(embedded.url, 'show server_version');
  return { url: embedded.url, pid: embedded.pid, version: String(row?.['server_version']), folder, stop };
}
