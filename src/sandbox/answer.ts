import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import type { Log } from '../log.ts';
import { noteReceived } from './received.ts';
import { Refusal } from './refusal.ts';

/** What a route wants said: a status, and a JSON body unless there is nothing to say. */
export type Answer = { readonly status: number; readonly body?: unknown };

/** A route that only reads. */
export function reading(handle: (req: Request) => Promise<Answer>): RequestHandler {
  return async (req, res) => send(res, await handle(req));
}

/** A route that writes: noted as received before it is answered, so whoever has the answer can look it up. */
export function writing(db: Knex, handle: (req: Request) => Promise<Answer>): RequestHandler {
  return async (req, res) => {
    const { method, path } = req;
    const key = idempotencyKey(req);
    const answer = await handle(req).catch(refusalOnly);
    await noteReceived(db, { idempotencyKey: key, method, path, status: answer.status });
    send(res, answer);
  };
}

/** The key by which a caller marks a request as the same one again; null when it sent none. */
export function idempotencyKey(req: Request): string | null {
  const key = req.get('idempotency-key') || null;
  if (key && key.length > 255) throw new Refusal(422, 'invalid_request', 'Idempotency-Key: at most 255 characters');
  return key;
}

/** From here on the work is done but its answer never leaves. */
export function loseAnswer(res: Response): void {
  res.locals.answerIsLost = true;
}

/** The last word on every request that failed: refusals as they are, anything else as 500, logged once. */
export function apiErrors(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters
  return (error, req, res, _next) => {
    const refusal = asRefusal(error);
    if (!refusal) log.error({ err: error, method: req.method, path: req.path }, 'sandbox request failed');
    send(res, toAnswer(refusal ?? new Refusal(500, 'internal_error', 'the sandbox failed')));
  };
}

function send(res: Response, { status, body }: Answer): void {
  if (res.locals.answerIsLost) res.socket?.destroy();
  else if (body === undefined) res.status(status).end();
  else res.status(status).json(body);
}

function refusalOnly(error: unknown): Answer {
  const refusal = asRefusal(error);
  if (!refusal) throw error;
  return toAnswer(refusal);
}

function toAnswer({ status, code, message }: Refusal): Answer {
  return { status, body: { error: { code, message } } };
}

function asRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (!(error instanceof Error)) return null;
  // a zero byte in an id or a query: PostgreSQL cannot hold it
  if ('code' in error && error.code === '22021') return new Refusal(422, 'invalid_request', 'text with a zero byte');
  // thrown by Express itself: a body that is not JSON (400) or too big (413), a path that cannot be decoded (400)
  const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
  return status < 500 ? new Refusal(status, 'invalid_request', error.message, { cause: error }) : null;
}
