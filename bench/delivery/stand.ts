import { fileURLToPath } from 'node:url';
import { migrate } from '../../src/database/migrate.ts';
import { openPool } from '../../src/database/pool.ts';
import { attachTarget, createConnection, setState } from '../../src/directory/connections.ts';
import { issueToken } from '../../src/directory/credentials.ts';
import { createTarget } from '../../src/directory/targets.ts';
import { createTenant } from '../../src/directory/tenants.ts';
import { type Client, createClient } from '../load/client.ts';
import { emptyDatabase, runSql, type Server, serveGangway, startProcess } from '../servers.ts';
import { DESCRIPTION } from './description.ts';

export type Seen = { invited: number; suspendedAt: Record<string, number> };
export type BenchTarget = { base: string; pid: number; stop(): Promise<void> };

/** Gangway with its worker, a directory of some size, and the target that follows it. */
export type Stand = {
  server: Server;
  target: BenchTarget;
  client: Client;
  /** What the target has acknowledged. */
  seen(): Promise<Seen>;
  /** Puts so many people into the directory who are all to be invited, as one statement. */
  join(prefix: string, people: number): Promise<void>;
  stop(): Promise<void>;
};
type Ids = { tenantId: string; connectionId: string; targetId: string };

/** Starts the target; every answer of its takes `latencyMs`. */
export async function startTarget(latencyMs: number): Promise<BenchTarget> {
  const file = fileURLToPath(new URL('target.ts', import.meta.url));
  const { base, pid, stop } = await startProcess([file], { LATENCY_MS: String(latencyMs) });
  return { base, pid, stop };
}

/** A stand with `size` people who have an account and nothing to be done. */
export async function openStand(
  postgres: string,
  options: { name: string; dataDir: string; size: number; latencyMs: number },
): Promise<Stand> {
  const url = await emptyDatabase(postgres, options.name);
  const target = await startTarget(options.latencyMs);
  const { token, ...ids } = await provision(url, target.base);
  await runSql(url, settledPeople(ids, options.size));
  await runSql(url, 'vacuum (analyze)');
  const server = await serveGangway(url, token, { dataDir: options.dataDir, withWorker: true });
  const client = createClient(server.base, token);
  return {
    server,
    target,
    client,
    seen: async () => (await (await fetch(`${target.base}/seen`)).json()) as Seen,
    join: async (prefix, people) => void (await runSql(url, joiners(ids, prefix, people))),
    stop: async () => {
      client.close();
      await server.stop();
      await target.stop();
    },
  };
}

async function provision(url: string, base: string): Promise<Ids & { token: string }> {
  const db = openPool({ url, max: 2 });
  try {
    await migrate(db);
    const tenantId = await createTenant(db, 'bench');
    const settings = { description: DESCRIPTION, url: base };
    const target = await createTarget(db, tenantId, { name: 'app', kind: 'rest', settings, secrets: null });
    const policy = { invite: 'automatic', guard: 'off' } as const;
    const connection = await createConnection(db, tenantId, { name: 'idp', profile: 'generic', policy });
    await attachTarget(db, connection, target.id);
    await setState(db, tenantId, connection.id, 'enabled');
    const { token } = await issueToken(db, connection);
    return { tenantId, connectionId: connection.id, targetId: target.id, token };
  } finally {
    await db.destroy();
  }
}

const person = (prefix: string) => `json_build_object('userName', '${prefix}-' || n || '@corp.example',
  'active', true, 'displayName', 'Person ' || n, 'externalId', '${prefix}-' || n)`;

const people = ({ tenantId, connectionId }: Ids, prefix: string, size: number) => `
  insert into people (tenant_id, connection_id, id, user_name, user_name_key, external_id, email_key, display_name_key,
                      active, document, search, created_at, modified_at)
  select '${tenantId}', '${connectionId}', uuidv7(), '${prefix}-' || n || '@corp.example',
         '${prefix}-' || n || '@corp.example', '${prefix}-' || n, null, 'person ' || n, true, ${person(prefix)},
         ${person(prefix)}::jsonb, now(), now()
    from generate_series(1, ${size}) n
  returning tenant_id, connection_id, id`;

function joiners(ids: Ids, prefix: string, size: number): string {
  return `with written as (${people(ids, prefix, size)})
    insert into work_item (tenant_id, target_id, kind, subject_id, lane, next_at)
    select tenant_id, '${ids.targetId}', 'push', id, 2, now() from written`;
}

function settledPeople(ids: Ids, size: number): string {
  return `with written as (${people(ids, 'old', size)}),
    linked as (
      insert into links (tenant_id, target_id, person_id, connection_id, remote_id, state, origin, match_keys, settled_at,
                         created_at)
      select tenant_id, '${ids.targetId}', id, connection_id, 'old-' || id, 'active', 'invited',
             array['userName:old-' || id], now(), now() from written)
    insert into work_item (tenant_id, target_id, kind, subject_id, lane, state, next_at)
    select tenant_id, '${ids.targetId}', 'push', id, 2, 'idle', now() from written`;
}
