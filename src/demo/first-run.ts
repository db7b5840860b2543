import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { attachTarget, createConnection, listConnections, setState } from '../directory/connections.ts';
import { findByToken, issueToken } from '../directory/credentials.ts';
import { createTarget } from '../directory/targets.ts';
import { createTenant, findTenant } from '../directory/tenants.ts';
import type { Connection } from '../model/connection.ts';
import { record } from '../report/audit.ts';

export const TENANT = 'demo';
const NAME = 'demo';

/**
 * Makes the demo tenant, its connection and the sandbox target once, and returns the connection's token, the same at
 * each start: it is kept beside the data in a file that only its owner can read.
 */
export async function ensureDemo(db: Knex, dataDir: string): Promise<string> {
  const connection = await inTransaction(db, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtext(?))', ['gangway demo']); // two first starts make one demo
    const tenantId = (await findTenant(trx, TENANT)) ?? (await createTenant(trx, TENANT));
    const existing = (await listConnections(trx, tenantId)).find(({ name }) => name === NAME);
    return existing ?? createDemo(trx, tenantId);
  });
  return keptToken(db, connection, join(dataDir, 'demo-token'));
}

async function createDemo(trx: Knex, tenantId: string): Promise<Connection> {
  const settings = { name: 'sandbox', kind: 'sandbox', settings: {}, secrets: null };
  const target = await createTarget(trx, tenantId, settings);
  // a played day has more leavers and movers in a minute than any guard should let pass
  const policy = { invite: 'automatic', guard: 'off' } as const;
  const connection = await createConnection(trx, tenantId, { name: NAME, profile: 'generic', policy });
  await attachTarget(trx, connection, target.id);
  await record(trx, { tenantId, action: 'connection.create', subject: connection.id, detail: { name: NAME, policy } });
  return setState(trx, tenantId, connection.id, 'enabled');
}

/** The token in the file while it is live for this database, else a new one. */
async function keptToken(db: Knex, connection: Connection, path: string): Promise<string> {
  const kept = readIfThere(path);
  const live = kept === null ? null : await findByToken(db, kept);
  if (kept !== null && live?.connection.id === connection.id) return kept;
  const { token } = await issueToken(db, connection);
  writeFileSync(path, token, { mode: 0o600 });
  return token;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
