import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Response } from 'express';
import { z } from 'zod';
import { type FaultCode, isFault } from '../errors.ts';
import type { Log } from '../log.ts';

const STATUS: Partial<Record<FaultCode, number>> = {
  not_found: 404,
  already_exists: 409,
  limit_reached: 409,
  extension_in_use: 409,
  target_in_use: 409,
  live_target: 409,
  connection_not_enabled: 409,
  hold_closed: 409,
  not_decidable: 409,
  needs_second_person: 409,
  not_permitted: 403,
  not_entitled: 403,
  sign_in_again: 403,
  plan_outdated: 409,
  plan_closed: 409,
  managed_membership: 409,
  entity_required: 422,
  config_invalid: 422,
  roster_unreadable: 422,
  roster_busy: 409,
  run_closed: 409,
  feed_failed: 502,
  events_gone: 410,
  target_refused: 422,
  target_busy: 502,
  target_pending: 502,
  target_down: 502,
  database_unavailable: 503,
};

/** The last word on a request that failed: Faults in their own words, anything else as 500, logged once. */
export function answerProblem(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters
  return (error: unknown, req, res, _next) => {
    if (error instanceof z.ZodError) return invalid(res, error);
    if (isFault(error)) {
      const status = STATUS[error.code] ?? 500;
      if (status >= 500)
        log.warn({ reason: error.message, method: req.method, path: req.path }, 'admin request failed');
      return problem(res, status, error.message, { code: error.code });
    }
    const { status } = (error ?? {}) as { status?: unknown };
    if (typeof status === 'number' && status >= 400 && status < 500) {
      return problem(res, status, 'the request cannot be read');
    }
    log.error({ err: error, method: req.method, path: req.path }, 'admin request failed');
    problem(res, 500, 'internal error; see the server log');
  };
}

/** RFC 9457 problem details. */
export function problem(res: Response, status: number, detail: string, more: object = {}): void {
  res
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ status, title: STATUS_CODES[status], detail, ...more }));
}

// zod names the place and the rule, never the value: a secret in the wrong place is not repeated
function invalid(res: Response, error: z.ZodError): void {
  const errors = error.issues.map(({ path, message }) => ({
    pointer: `#/${path.map(String).join('/')}`,
    detail: message,
  }));
  problem(res, 422, 'the request is not valid', { errors });
}
