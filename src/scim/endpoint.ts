import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse as parseQuery } from 'node:querystring';
import type { Knex } from 'knex';
import type { PageMemory } from '../directory/page-memory.ts';
import type { Log } from '../log.ts';
import type { Connection } from '../model/connection.ts';
import type { Access } from '../model/token.ts';
import { baseUrl, type TrustProxy } from './base-url.ts';
import { authenticate, demandAccess } from './bearer.ts';
import { readJson } from './body.ts';
import { MAX_PAYLOAD_BYTES } from './bulk/request.ts';
import type { Context } from './context.ts';
import type { CredentialCache } from './credential-cache.ts';
import type { CursorSeal } from './cursor.ts';
import { errorBody, ScimError, toScimError } from './error.ts';
import type { QuirkCounter } from './quirk-counter.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { RequestLog, Seen } from './request-log.ts';
import { type Answer, findRoute, type Route } from './routes.ts';
import { schemasFor } from './schema/custom.ts';
import { isMisspelt, unknownEndpoint } from './unknown-endpoint.ts';

/** Where the endpoint is mounted; what comes after it is a path of RFC 7644 §3.2. */
const MOUNT = /^\/scim\/v2(?=[/?]|$)/i;

export type ScimOptions = {
  db: Knex;
  log: Log;
  credentials: CredentialCache;
  limiter: RateLimiter;
  quirks: QuirkCounter;
  requests: RequestLog;
  cursors: CursorSeal;
  pages: PageMemory;
  trusts: TrustProxy;
  /** Called after a write that made work due. */
  changed: () => void;
};

type Headers = Record<string, string>;

/** True for a request that belongs to the SCIM endpoint. */
export function isScim(req: IncomingMessage): boolean {
  return MOUNT.test(req.url ?? '');
}

/**
 * The SCIM 2.0 endpoint, one mount for all connections: the token says whose it is. Straight on node:http, because
 * routing by a framework costs as much again as the request itself (docs/decisions/0007).
 */
export function scimEndpoint(options: ScimOptions): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    // people's data, got by a token: a cache of the client's own may keep it and must ask again each time, which is what
    // the ETags are for; a shared one may not (RFC 6750 §5.3, RFC 9111 §5.2.2.4, §5.2.2.7)
    const headers: Headers = {
      'Content-Type': 'application/scim+json; charset=utf-8',
      'Cache-Control': 'private, no-cache',
    };
    const seen: Seen = { began: performance.now(), caller: null };
    let answer: Answer;
    try {
      answer = await answerRequest(options, req, headers, seen);
    } catch (error) {
      answer = answerError(options.log, req, headers, error);
    }
    const kept = options.requests.take(seen, answer.status);
    if (kept !== null) headers['X-Request-Id'] = kept;
    send(res, answer, headers);
    if (kept !== null) options.requests.keep(kept, seen, req, answer);
  };
}

/** Order matters: nobody's body is read before the token is known, the limit kept and the endpoint found. */
async function answerRequest(
  options: ScimOptions,
  req: IncomingMessage,
  headers: Headers,
  seen: Seen,
): Promise<Answer> {
  const method = req.method ?? 'GET';
  const url = (req.url ?? '').replace(MOUNT, '');
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  seen.caller = await authenticate(options.credentials, req);
  demandAccess(seen.caller, accessFor(method, path));
  const { connection, extensions, encoded } = seen.caller;
  keepLimit(options.limiter, connection);
  const base = baseUrl(req, options.trusts);
  const route = routeFor(connection, path, method, base, headers);
  const note = options.quirks.forRequest(connection, seen);
  if (encoded) note('base64_token');
  if (isMisspelt(path)) note('misspelt_endpoint');
  const context: Context = {
    db: options.db,
    connection,
    scope: { tenantId: connection.tenantId, connectionId: connection.id },
    schemas: schemasFor(extensions),
    leniency: { tolerant: connection.profile !== 'rfc', note },
    base,
    query: mark < 0 ? {} : parseQuery(url.slice(mark + 1)),
    ifMatch: req.headers['if-match'],
    ifNoneMatch: req.headers['if-none-match'],
    setHeader: (name, value) => {
      headers[name] = value;
    },
    cursors: options.cursors,
    pages: options.pages,
    changed: options.changed,
  };
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  seen.body = hasBody ? await readJson(req, route.limit ?? MAX_PAYLOAD_BYTES) : undefined;
  return route.answer(context, method, seen.body);
}

/** Searching is reading, whatever the verb (RFC 7644 §3.4.3); a bulk request is taken for the writes that it may hold. */
function accessFor(method: string, path: string): Access {
  if (method === 'GET' || method === 'HEAD') return 'read';
  return method === 'POST' && /\/\.search\/?$/i.test(path) ? 'read' : 'write';
}

function keepLimit(limiter: RateLimiter, connection: Connection): void {
  const retryAfter = limiter(connection);
  if (retryAfter === 0) return;
  throw new ScimError(429, 'too many requests on this connection; slow down', undefined, { retryAfter });
}

function routeFor(connection: Connection, path: string, method: string, base: string, headers: Headers): Route {
  // endpoints are found in any letter case, except where the connection wants the RFC and nothing else
  const route = connection.profile === 'rfc' && isMisspelt(path) ? null : findRoute(path);
  if (!route) throw unknownEndpoint(path, base);
  if (route.allow.includes(method)) return route;
  // RFC 7644 §3.11: a token stands for a connection here, not for one of its users
  if (route.allow.length === 0) {
    throw new ScimError(501, `${path} is not implemented: the token is a connection's, not a user's`);
  }
  headers['Allow'] = route.allow.join(', ');
  throw new ScimError(405, `${method} is not possible here; possible: ${headers['Allow']}`);
}

function answerError(log: Log, { method, url }: IncomingMessage, headers: Headers, error: unknown): Answer {
  const scim = toScimError(error);
  const path = url?.split('?', 1)[0]; // a query may hold somebody's e-mail address
  if (scim.status >= 500) log.error({ err: scim.cause ?? scim, method, path }, 'scim request failed');
  if (scim.retryAfter !== undefined) headers['Retry-After'] = String(scim.retryAfter);
  Object.assign(headers, scim.headers);
  return { status: scim.status, text: JSON.stringify(errorBody(scim)) };
}

function send(res: ServerResponse, { status, text }: Answer, headers: Headers): void {
  if (text === undefined) delete headers['Content-Type'];
  else headers['Content-Length'] = String(Buffer.byteLength(text));
  // one string with the head, so that both leave in one write
  res.writeHead(status, headers).end(text);
}
