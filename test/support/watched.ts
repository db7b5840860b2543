import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Knex } from 'knex';
import { createConnection } from '../../src/directory/connections.ts';
import { issueToken } from '../../src/directory/credentials.ts';
import { createTenant } from '../../src/directory/tenants.ts';
import type { Profile } from '../../src/model/connection.ts';
import { type Answer, requester } from './app.ts';
import { testDatabase } from './database.ts';

export type Watched = {
  db: Knex;
  /** A client of a tenant of its own. */
  client(profile?: Profile): Promise<{ token: string; request: ReturnType<typeof requester> }>;
  /** Sends something and says for how many milliseconds the server could do nothing else because of it. */
  blockedBy<T>(send: () => Promise<T>): Promise<{ answer: T; blockedMs: number }>;
  stop(): Promise<void>;
};
export type { Answer };

/** The whole server in a thread of its own, on a database of its own: the client's work does not count as the server's. */
export async function startWatched(): Promise<Watched> {
  const database = await testDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'gangway-watched-'));
  const worker = new Worker(new URL('./watched-server.ts', import.meta.url), {
    workerData: { databaseUrl: database.url, dataDir },
    execArgv: [],
    env: { PATH: process.env.PATH ?? '' },
  });
  const ask = async (word: string): Promise<number> => {
    worker.postMessage(word);
    return (await once(worker, 'message'))[0];
  };
  const [origin] = (await once(worker, 'message')) as [string];
  let names = 0;
  return {
    db: database.db,
    client: async (profile = 'generic') => {
      const tenantId = await createTenant(database.db, `tenant ${++names}`);
      const connection = await createConnection(database.db, tenantId, { name: 'idp', profile, policy: {} });
      const { token } = await issueToken(database.db, connection);
      return { token, request: requester(`${origin}/scim/v2`, token) };
    },
    blockedBy: async (send) => {
      await ask('begin');
      const answer = await send();
      return { answer, blockedMs: await ask('end') };
    },
    stop: async () => {
      worker.postMessage('stop');
      await once(worker, 'exit');
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
