import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Knex } from 'knex';
import { attachTarget, createConnection, setState } from '../../src/directory/connections.ts';
import { issueToken } from '../../src/directory/credentials.ts';
import { createPageMemory } from '../../src/directory/page-memory.ts';
import { createTarget } from '../../src/directory/targets.ts';
import { createTenant } from '../../src/directory/tenants.ts';
import { createLog } from '../../src/log.ts';
import type { Connection, Profile } from '../../src/model/connection.ts';
import { oauthRouter } from '../../src/oauth/router.ts';
import { createCredentialCache } from '../../src/scim/credential-cache.ts';
import { createCursorSeal } from '../../src/scim/cursor.ts';
import { isScim, scimEndpoint } from '../../src/scim/endpoint.ts';
import { createQuirkCounter, type QuirkCounter } from '../../src/scim/quirk-counter.ts';
import { createRateLimiter } from '../../src/scim/rate-limit.ts';
import { createRequestLog, type RequestLog } from '../../src/scim/request-log.ts';
import { testDatabase } from './database.ts';

export const PROFILES: readonly Profile[] = ['generic', 'rfc', 'okta', 'entra'];

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
export type Body = any;
export type Answer = { status: number; headers: Headers; text: string; body: Body };
export type Client = {
  connection: Connection;
  token: string;
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
};

export type Scim = Client & {
  /** URL of the endpoint without a trailing slash. */
  base: string;
  db: Knex;
  tenantId: string;
  connectionId: string;
  targetId: string;
  /** What the endpoint counts; `flush` writes it down. */
  quirks: QuirkCounter;
  /** What it keeps for support; `flush` writes it down. */
  requests: RequestLog;
  /** One client for each profile; all connections belong to the same tenant. */
  as: Readonly<Record<Profile, Client>>;
  /** A client of another connection, of another tenant when none is given. */
  stranger(tenantId?: string): Promise<Client>;
  stop(): Promise<void>;
};

export type ScimOptions = { profile?: Profile; trustedProxies?: number };

/** The SCIM endpoint over HTTP on a database of its own; the client of `profile` is the one that `request` uses. */
export async function startScim({ profile = 'generic', trustedProxies = 0 }: ScimOptions = {}): Promise<Scim> {
  const database = await testDatabase();
  const { db } = database;
  const { server, base, quirks, requests } = await serveScim(db, trustedProxies);
  const tenantId = await createTenant(db, 'tenant');
  const target = await createTarget(db, tenantId, { name: 'app', kind: 'sandbox', settings: {}, secrets: null });
  const clients: Partial<Record<Profile, Client>> = {};
  for (const each of PROFILES) clients[each] = await clientOf(db, base, tenantId, each, target.id);
  const as = clients as Record<Profile, Client>;
  return {
    base,
    db,
    tenantId,
    connectionId: as[profile].connection.id,
    targetId: target.id,
    quirks,
    requests,
    as,
    ...as[profile],
    stranger: async (otherTenant) =>
      clientOf(db, base, otherTenant ?? (await createTenant(db, 'stranger')), 'generic', null),
    stop: async () => {
      await closeServer(server);
      await quirks.stop();
      await requests.stop();
      await database.drop();
    },
  };
}

/** The SCIM router as the server mounts it. */
export async function serveScim(
  db: Knex,
  trustedProxies = 0,
  perSecond = 0,
  given: RequestLog | null = null,
): Promise<{ server: Server; base: string; quirks: QuirkCounter; requests: RequestLog }> {
  const log = createLog(process.env.TEST_LOG_LEVEL ?? 'silent');
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', trustedProxies);
  app.use(oauthRouter({ db, log, publicUrl: null }));
  const quirks = createQuirkCounter(db, log);
  const requests = given ?? createRequestLog(db, log);
  const scim = scimEndpoint({
    db,
    log,
    credentials: createCredentialCache(db),
    limiter: createRateLimiter(db, log, perSecond),
    quirks,
    requests,
    cursors: createCursorSeal('test'),
    pages: createPageMemory(),
    trusts: app.get('trust proxy fn'),
    changed: () => {},
  });
  const server = createServer((req, res) => (isScim(req) ? scim(req, res) : app(req, res)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`, quirks, requests };
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

let names = 0;

async function clientOf(
  db: Knex,
  base: string,
  tenantId: string,
  profile: Profile,
  targetId: string | null,
): Promise<Client> {
  const made = await createConnection(db, tenantId, { name: `${profile} ${++names}`, profile, policy: {} });
  if (targetId) await attachTarget(db, made, targetId);
  const connection = await setState(db, tenantId, made.id, 'enabled');
  const { token } = await issueToken(db, connection);
  return { connection, token, request: requester(base, token) };
}

/** Sends `body` as SCIM JSON, or as it is when it is text. */
export function requester(base: string, token: string): Client['request'] {
  return async (method, path, body, headers = {}) => {
    const type = body === undefined ? {} : { 'content-type': 'application/scim+json' };
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...type, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
