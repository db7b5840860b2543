import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { isUuid } from '../database/uuid.ts';
import { isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import { answerPoll, PollRequest } from './poll.ts';
import { streamOfKey } from './poll-key.ts';
import type { Issuing } from './send.ts';
import { keySet } from './signing-keys.ts';
import type { Stream } from './streams.ts';

export type EventsOptions = Issuing & { readonly db: Knex; readonly log: Log };

/** Shorter than what a proxy between closes as silent. */
const WAIT_MS = 25_000;
const KEYS_SECONDS = 60;
const OUTAGE_RETRY_SECONDS = 5;
export const JWKS_PATH = '/.well-known/jwks.json';
export const POLL_PATH = '/events/poll';

/** What receivers of Security Event Tokens ask: the keys, what we can do (Shared Signals 1.0 §7), and tokens (RFC 8936). */
export function eventsRouter(options: EventsOptions): Router {
  const { db, publicUrl } = options;
  const router = Router();
  router.get(JWKS_PATH, async (_req, res) => {
    res.setHeader('Cache-Control', `public, max-age=${KEYS_SECONDS}`);
    res.json(await keySet(db));
  });
  router.get('/.well-known/ssf-configuration', (_req, res) => {
    res.json(configuration(publicUrl()));
  });
  router.post(`${POLL_PATH}/:id`, noStore, opened(db), express.json({ limit: '1mb' }), async (req, res) => {
    const stream = res.locals['stream'] as Stream;
    if (stream.state === 'paused') {
      res.status(403).json({ err: 'access_denied', description: `the stream is paused: ${stream.pausedWhy ?? ''}` });
      return;
    }
    const request = PollRequest.parse(req.body ?? {});
    const until = { giveUpAt: Date.now() + WAIT_MS, isGone: () => res.closed };
    res.json(await answerPoll(options, stream, request, until));
  });
  router.use(POLL_PATH, answerError(options.log));
  return router;
}

function configuration(issuer: string): Record<string, unknown> {
  return {
    spec_version: '1_0',
    issuer,
    jwks_uri: issuer + JWKS_PATH,
    delivery_methods_supported: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'],
    default_subjects: 'ALL',
  };
}

/** Lets in who has the key of the stream; another key, and a stream that is not there, look alike. */
function opened(db: Knex): RequestHandler {
  return async (req, res, next) => {
    const [, key = ''] = /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '') ?? [];
    const id = String(req.params['id']);
    const stream = isUuid(id) ? await streamOfKey(db, id, key) : null;
    if (stream?.kind === 'set-poll') {
      res.locals['stream'] = stream;
      return next();
    }
    res.setHeader('WWW-Authenticate', 'Bearer realm="Gangway events"');
    res
      .status(401)
      .json({ err: 'authentication_failed', description: 'send the key of this stream as a bearer token' });
  };
}

const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader('Cache-Control', 'no-store');
  next();
};

function answerError(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters
  return (error: unknown, _req, res, _next) => {
    const answer = (status: number, err: string, description: string) => res.status(status).json({ err, description });
    if (error instanceof z.ZodError) {
      const places = error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
      return answer(400, 'invalid_request', places.slice(0, 5).join('; '));
    }
    if (isFault(error, 'not_found')) return answer(404, 'invalid_request', 'the stream is there no more');
    if (isFault(error, 'database_unavailable')) {
      res.setHeader('Retry-After', String(OUTAGE_RETRY_SECONDS));
      return answer(503, 'unavailable', 'try again in a moment');
    }
    const { status } = (error ?? {}) as { status?: unknown };
    if (typeof status === 'number' && status >= 400 && status < 500) {
      return answer(400, 'invalid_request', 'the body cannot be read');
    }
    log.error({ err: error }, 'poll failed');
    answer(500, 'server_error', 'internal error; see the server log');
  };
}
