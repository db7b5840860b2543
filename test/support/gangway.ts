import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { readConfig } from '../../src/config.ts';
import { attachTarget, createConnection, setState } from '../../src/directory/connections.ts';
import { issueToken } from '../../src/directory/credentials.ts';
import { createTarget } from '../../src/directory/targets.ts';
import { createTenant } from '../../src/directory/tenants.ts';
import { createLog } from '../../src/log.ts';
import type { Connection, Profile } from '../../src/model/connection.ts';
import type { Policy } from '../../src/model/policy.ts';
import { type Role, type Running, startServer } from '../../src/server.ts';
import { testDatabase } from './database.ts';

export type SandboxAccount = {
  id: string;
  email: string;
  status: string;
  displayName: string | null;
  title: string | null;
  department: string | null;
  groups: string[];
};
export type Answer = { status: number; headers: Headers; body: Record<string, unknown> };
export type Fault = {
  mode: string;
  remaining?: number | null;
  latencyMs?: number;
  hits?: 'all' | 'reads' | 'writes';
  perSecond?: number | null;
};

export type Gangway = {
  db: Knex;
  running: Running;
  connection: Connection;
  targetId: string;
  token: string;
  scim(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Calls the sandbox's own API, as another program than Gangway would. */
  sandbox(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Calls the operators' API. */
  admin(method: string, path: string, body?: unknown): Promise<Answer>;
  accounts(): Promise<SandboxAccount[]>;
  setFault(fault: Fault): Promise<void>;
  /** Starts one more process' worth of server on the same database. */
  another(role?: Role): Promise<Running>;
  stop(): Promise<void>;
};

export type GangwayOptions = {
  /** The guard is off unless it says otherwise: tests of other things may suspend as many as they like. */
  policy?: Partial<Policy>;
  profile?: Profile;
  enabled?: boolean;
  role?: Role;
  /** More variables of the environment than the database's and the data folder's. */
  environment?: Record<string, string>;
  /** Another target than the sandbox. */
  target?: { kind: string; settings: Record<string, unknown>; secrets: Record<string, string> };
};

/** The whole server on a database of its own, with one tenant, one connection, and the real sandbox as target. */
export async function startGangway(options: GangwayOptions = {}): Promise<Gangway> {
  const database = await testDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'gangway-'));
  const config = readConfig({ PORT: '0', DATABASE_URL: database.url, GANGWAY_DATA: dataDir, ...options.environment });
  const log = createLog(process.env.TEST_LOG_LEVEL ?? 'silent');
  const running = await startServer(config, log, options.role ?? 'all');
  const others: Running[] = [];
  const { db } = database;
  const { connection, targetId, token } = await provision(running, options);
  const key = running.vault.derive('sandbox');
  const scim: Gangway['scim'] = (method, path, body, headers) =>
    call(method, `${running.origin}/scim/v2${path}`, token, body, headers);
  const sandbox: Gangway['sandbox'] = (method, path, body) =>
    call(method, `${running.origin}/sandbox/api/v1${path}`, key, body);
  return {
    db,
    running,
    connection,
    targetId,
    token,
    scim,
    sandbox,
    admin: (method, path, body) => call(method, `${running.origin}/api/v1${path}`, running.adminKey, body),
    accounts: async () => {
      const answer = await fetch(`${running.origin}/sandbox/accounts`, { headers: { accept: 'application/json' } });
      return (await answer.json()) as SandboxAccount[];
    },
    setFault: async (fault) => {
      const { status } = await sandbox('PUT', '/faults', fault);
      if (status !== 200) throw new Error(`the sandbox refused the fault: ${status}`);
    },
    another: async (role) => {
      const other = await startServer(config, log, role);
      others.push(other);
      return other;
    },
    stop: async () => {
      await Promise.all([running, ...others].map((one) => one.stop()));
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function provision({ db, vault }: Running, options: GangwayOptions) {
  const { policy = { invite: 'automatic' }, profile = 'generic', enabled = true } = options;
  const { kind, settings, secrets } = options.target ?? { kind: 'sandbox', settings: {}, secrets: {} };
  const tenantId = await createTenant(db, 'test');
  const target = await createTarget(db, tenantId, { name: 'app', kind, settings, secrets: vault.seal(secrets) });
  const connection = await createConnection(db, tenantId, {
    name: 'idp',
    profile,
    policy: { guard: 'off', ...policy },
  });
  await attachTarget(db, connection, target.id);
  if (enabled) await setState(db, tenantId, connection.id, 'enabled');
  const { token } = await issueToken(db, connection);
  return { connection, targetId: target.id, token };
}

async function call(
  method: string,
  url: string,
  token: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...type, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}

/** Waits until `check` gives something else than null, undefined or false; fails with `what` after ten seconds. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | null | undefined | false>,
  limitMs = 10_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (Date.now() > end) throw new Error(`after ${limitMs} ms still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/**
 * Waits until no work is due, running or to be tried again; what is planned for a later day may wait. Streams of events look
 * for news for ever.
 */
export async function settled(db: Knex): Promise<void> {
  await eventually('all work is done', async () => {
    const { rows } =
      await db.raw(`select count(*)::int as open from work_item where state = 'ready' and kind <> 'events'
      and not (lease_token is null and last_error is null
               and next_at > now() + case kind when 'feed' then interval '0' else interval '1 minute' end)`);
    return rows[0].open === 0;
  });
}

export const patchOp = (...operations: unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
});

/** A User as an identity provider would post it. */
export function scimUser(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const email = `${name}@example.com`;
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: email,
    externalId: `ext-${name}`,
    name: { givenName: name, familyName: 'Tester' },
    emails: [{ value: email, type: 'work', primary: true }],
    active: true,
    ...more,
  };
}
