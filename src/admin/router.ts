import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { Fault, isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import { connectionRoutes } from './connections.ts';
import { peopleRoutes } from './people.ts';
import { type TargetMaker, targetRoutes } from './targets.ts';
import { onlyTenant } from './tenant.ts';

export type AdminOptions = TargetMaker & { log: Log; adminKey: string; changed: () => void };

/**
 * The JSON API for operators under /api/v1. The key is the installation's; the tenant is named by the header
 * Gangway-Tenant, and needs no naming while there is only one.
 */
export function adminRouter(options: AdminOptions): Router {
  const router = Router();
  router.use(requireKey(options.adminKey), express.json({ limit: '1mb' }), chooseTenant(options.db));
  router.use('/targets', targetRoutes(options));
  router.use('/connections', connectionRoutes(options));
  router.use('/people', peopleRoutes(options.db));
  router.use((req) => {
    throw new Fault('not_found', `there is no ${req.method} ${req.baseUrl}${req.path}`);
  });
  router.use(answerProblem(options.log));
  return router;
}

function requireKey(adminKey: string): RequestHandler {
  const expected = digest(`Bearer ${adminKey}`);
  return (req, res, next) => {
    if (timingSafeEqual(digest(req.headers.authorization ?? ''), expected)) return next();
    res.setHeader('WWW-Authenticate', 'Bearer realm="Gangway admin"');
    problem(res, 401, 'send the key of the file admin-key in the data folder as "Authorization: Bearer <key>"');
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function chooseTenant(db: Knex): RequestHandler {
  return async (req, res, next) => {
    res.locals['tenantId'] = await onlyTenant(db, req.get('Gangway-Tenant'));
    next();
  };
}

const STATUS: Partial<Record<string, number>> = {
  not_found: 404,
  already_exists: 409,
  config_invalid: 422,
  target_refused: 422,
  target_busy: 502,
  target_down: 502,
  database_unavailable: 503,
};

function answerProblem(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    if (error instanceof z.ZodError) {
      const errors = error.issues.map((issue) => ({ pointer: issue.path.join('/'), detail: issue.message }));
      return problem(res, 422, 'the body is not valid', { errors });
    }
    if (isFault(error)) return problem(res, STATUS[error.code] ?? 500, error.message, { code: error.code });
    const { status } = (error ?? {}) as { status?: unknown };
    if (typeof status === 'number' && status >= 400 && status < 500)
      return problem(res, status, 'the body cannot be read');
    log.error({ err: error, method: req.method, path: req.path }, 'admin request failed');
    problem(res, 500, 'internal error; see the server log');
  };
}

/** RFC 9457 problem details. */
function problem(res: express.Response, status: number, detail: string, more: object = {}): void {
  res
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ status, detail, ...more }));
}
