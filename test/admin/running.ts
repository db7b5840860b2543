import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { readConfig } from '../../src/config.ts';
import { ensureDemo } from '../../src/demo/first-run.ts';
import { createLog } from '../../src/log.ts';
import { startServer } from '../../src/server.ts';
import { testDatabase } from '../support/database.ts';

/** What the API answers; a test that reads a field it does not send sees undefined and fails. */
export type Body = Record<string, unknown> & { id: string; tenantId: string; token: string; detail: string };
export type Reply = { status: number; type: string | null; body: Body };
export type RunningServer = Awaited<ReturnType<typeof runServer>>;

/** The whole server in this process, on a database and a data folder of its own. */
export async function runServer({ demo = false, environment = {} as Record<string, string> } = {}) {
  const { db, url, drop } = await testDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'gangway-admin-'));
  const config = { ...readConfig(environment), databaseUrl: url, port: 0, dataDir };
  const running = await startServer(config, createLog('silent'));
  if (demo) await ensureDemo(running.db, dataDir);
  const stop = async () => {
    await running.stop();
    await drop();
    rmSync(dataDir, { recursive: true });
  };
  const { origin, adminKey } = running;
  return { db, origin, adminKey, dataDir, port: new URL(origin).port, call: caller(origin, adminKey), stop };
}

function caller(origin: string, adminKey: string) {
  return async (
    method: string,
    path: string,
    { tenant, body, text, key = adminKey }: { tenant?: string; body?: unknown; text?: string; key?: string } = {},
  ): Promise<Reply> => {
    const headers = new Headers({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
    if (tenant) headers.set('gangway-tenant', tenant);
    const sent = text ?? (body === undefined ? null : JSON.stringify(body));
    const response = await fetch(`${origin}/api/v1${path}`, { method, headers, body: sent });
    const answer = await response.text();
    const type = response.headers.get('content-type');
    return { status: response.status, type, body: answer ? JSON.parse(answer) : null };
  };
}

/** The audit's actions of a tenant, the oldest first. */
export async function auditOf(db: Knex, tenantId: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { action: string }[] }>(
    'select action from audit where tenant_id = ? order by id',
    [tenantId],
  );
  return rows.map(({ action }) => action);
}
