import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { Knex } from 'knex';
import SCIMMY from 'scimmy';
import { SCIMMYRouters } from 'scimmy-routers';
import type { Log } from '../log.ts';
import type { Connection } from '../model/connection.ts';
import type { ResourceName } from './answer.ts';
import { bearerAuthentication } from './bearer.ts';
import { MAX_PAYLOAD_BYTES } from './bulk/request.ts';
import { runBulk } from './bulk/run.ts';
import type { Context } from './context.ts';
import type { CredentialCache } from './credential-cache.ts';
import type { CursorSeal } from './cursor.ts';
import { discoveryRoutes } from './discovery.ts';
import { errorBody, ScimError, toScimError } from './error.ts';
import { GROUPS } from './group.ts';
import { resourceClass } from './handlers.ts';
import { type ListParameters, listResources } from './list.ts';
import { methodGuard } from './methods.ts';
import { type RateLimiter, rateLimit } from './rate-limit.ts';
import { isObject } from './schema/coerce.ts';
import { searchAll } from './search-all.ts';
import './schema/schemas.ts';
import { isMisspelt, unknownEndpoint } from './unknown-endpoint.ts';
import { USERS } from './user.ts';

const JSON_TYPES = ['application/scim+json', 'application/json'];

export type ScimOptions = {
  db: Knex;
  log: Log;
  credentials: CredentialCache;
  limiter: RateLimiter;
  cursors: CursorSeal;
  changed: () => void;
};

SCIMMY.Resources.declare(resourceClass('/Users', SCIMMY.Schemas.User, USERS), 'User');
SCIMMY.Resources.declare(resourceClass('/Groups', SCIMMY.Schemas.Group, GROUPS), 'Group');

/**
 * The SCIM 2.0 endpoint, one mount for all connections: the token says whose it is. Order matters: nobody's body is
 * read before the token is known, and the query is pinned before scimmy-routers sees it.
 */
export function scimRouter(options: ScimOptions): Router {
  const router = Router();
  router.use((_req, res, next) => {
    res.type('application/scim+json');
    next();
  });
  router.use(bearerAuthentication(options.credentials), rateLimit(options.limiter));
  router.use(pinQuery, strictPaths, unlessOrdinary(methodGuard()));
  router.use(express.json({ type: JSON_TYPES, limit: MAX_PAYLOAD_BYTES, strict: false, verify: refuseEmpty }));
  router.use(bodyMustBeJson);
  router.use(unlessOrdinary(rareRoutes(options)));
  router.use(shell(options));
  router.use((req) => {
    throw unknownEndpoint(req.path, baseOf(req));
  });
  router.use(answerError(options.log));
  return router;
}

function rareRoutes(options: ScimOptions): Router {
  const router = Router();
  router.use(discoveryRoutes(baseOf));
  router.post(['/Users/.search', '/Groups/.search'], search(options));
  router.post('/.search', async (req, res) => {
    res.send(await searchAll(contextOf(options, req, res), searchParameters(req.body)));
  });
  router.post('/Bulk', async (req, res) => {
    res.send(await runBulk(contextOf(options, req, res), req.body));
  });
  return router;
}

const ORDINARY = /^\/(?:Users|Groups)(\/[\da-f-]{36})?$/;

/** Nearly every request is for one resource or a list: then no pattern of the other endpoints need be tried. */
function unlessOrdinary(handler: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const [path, id] = ORDINARY.exec(req.path) ?? [];
    const allowed = id ? /^(?:GET|PUT|PATCH|DELETE)$/ : /^(?:GET|POST)$/;
    if (path && allowed.test(req.method)) next();
    else handler(req, res, next);
  };
}

/**
 * The resource endpoints of scimmy-routers alone. Its error handler, the last layer, knows neither 412 with words nor
 * 429 nor 503; what comes before the resources (body, token, basepath, discovery) is done here already.
 */
function shell(options: ScimOptions): Router {
  const routers = new SCIMMYRouters({
    type: 'bearer',
    handler: () => 'authenticated before',
    context: (req: Request) => contextOf(options, req, req.res as Response),
  });
  SCIMMY.Config.set({ bulk: { supported: false }, sort: false, patch: true, filter: true });
  const layers = (routers as unknown as { stack: { handle: { length: number } }[] }).stack;
  const [notFound, errorHandler] = layers.splice(-2);
  if (notFound?.handle.length !== 2 || errorHandler?.handle.length !== 4) {
    throw new Error('scimmy-routers has other last layers than the version that this was written for');
  }
  layers.splice(0, layers.length - Object.keys(SCIMMY.Resources.declared()).length);
  return routers as unknown as Router;
}

function contextOf(options: ScimOptions, req: Request, res: Response): Context {
  const connection = res.locals['connection'] as Connection;
  return {
    db: options.db,
    connection,
    scope: { tenantId: connection.tenantId, connectionId: connection.id },
    leniency: { tolerant: connection.profile !== 'rfc' },
    base: baseOf(req),
    query: req.query,
    ifMatch: req.headers['if-match'],
    ifNoneMatch: req.headers['if-none-match'],
    setHeader: (name, value) => res.setHeader(name, value),
    notModified: () => res.status(304),
    cursors: options.cursors,
    changed: options.changed,
  };
}

/** The endpoint's URL as the client typed it; a proxy's words count only where express trusts it. */
function baseOf(req: Request): string {
  const typed: string | undefined = req.host; // HTTP/1.0 needs no Host, and anything may stand in one
  const host = typed && HOST.test(typed) ? typed : `${req.socket.localAddress}:${req.socket.localPort}`;
  return `${req.protocol}://${host}/scim/v2`;
}

const HOST = /^[\w.:[\]-]+$/;

/** Endpoints are found in any letter case, except where the connection wants the RFC and nothing else. */
const strictPaths: RequestHandler = (req, res, next) => {
  const { profile } = res.locals['connection'] as Connection;
  if (profile === 'rfc' && isMisspelt(req.path)) throw unknownEndpoint(req.path, baseOf(req));
  next();
};

/** Express 5 parses the query anew at each access, so what scimmy-routers casts in it would be lost. */
const pinQuery: RequestHandler = (req, _res, next) => {
  Object.defineProperty(req, 'query', { value: { ...req.query }, writable: true, configurable: true });
  next();
};

/** Express takes an empty body for `{}`. */
function refuseEmpty(_req: unknown, _res: unknown, body: Buffer): void {
  if (body.length === 0) throw new ScimError(400, 'the request needs a JSON body', 'invalidSyntax');
}

const bodyMustBeJson: RequestHandler = (req, _res, next) => {
  const hasBody = req.method === 'POST' || req.method === 'PUT' || req.method === 'PATCH';
  if (hasBody && req.body === undefined) {
    if (req.is(JSON_TYPES) === false) {
      const type = req.headers['content-type']?.slice(0, 100) ?? 'a body without Content-Type';
      throw new ScimError(415, `send application/scim+json, not ${type}`);
    }
    throw new ScimError(400, 'the request needs a JSON body', 'invalidSyntax');
  }
  next();
};

function search(options: ScimOptions): RequestHandler {
  return async (req, res) => {
    const name: ResourceName = req.path.toLowerCase().startsWith('/users') ? 'User' : 'Group';
    res.send(await listResources(contextOf(options, req, res), name, searchParameters(req.body)));
  };
}

function searchParameters(body: unknown): ListParameters {
  if (!isObject(body)) throw new ScimError(400, 'the body must be a JSON object', 'invalidSyntax');
  return body;
}

function answerError(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const scim = toScimError(error);
    if (scim.status >= 500)
      log.error({ err: scim.cause ?? scim, method: req.method, path: req.path }, 'scim request failed');
    if (scim.retryAfter !== undefined) res.setHeader('Retry-After', String(scim.retryAfter));
    res
      .status(scim.status)
      .type('application/scim+json')
      .send(JSON.stringify(errorBody(scim)));
  };
}
