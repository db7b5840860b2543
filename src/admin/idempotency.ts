import { createHash } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { claimKey, keepAnswer, NO_TENANT, type RequestKey, releaseKey } from '../report/idempotency.ts';
import type { Vault } from '../vault.ts';
import { principalIn } from './authorise.ts';
import { problem } from './problem.ts';

const Key = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'Idempotency-Key must be 1 to 255 visible ASCII letters');
/** No route is longer; an index takes no text of any length. */
const LONGEST_ROUTE = 500;
/** What is longer is no answer to a request that makes something. */
const LONGEST_ANSWER = 256 * 1024;

/**
 * Answers a POST that comes again under the same Idempotency-Key as it was answered before, for 24 hours. What failed may
 * be tried again under its key, for nothing was made. Uploads of rosters look after their keys themselves.
 *
 *   the key came before     with the same body     answer
 *   no                      -                      the request is done
 *   yes, answered           yes                    the same answer, and Idempotency-Replayed: true
 *   yes, not yet answered   yes                    409, try again
 *   yes                     no                     422
 */
export function idempotent({ db, vault, log }: { db: Knex; vault: Vault; log: Log }): RequestHandler {
  return async (req, res, next) => {
    const sent = req.get('Idempotency-Key');
    if (req.method !== 'POST' || sent === undefined || isUpload(req.path)) return next();
    const key = Key.parse(sent);
    const { tenantId = NO_TENANT } = res.locals as { tenantId?: string };
    const who = principalIn(res);
    const principal = who.kind === 'installation' ? who.kind : `${who.kind} ${who.id}`;
    const route = `${req.baseUrl}${req.path}`.slice(0, LONGEST_ROUTE);
    const request = { tenantId, principal, route, key };
    const body = JSON.stringify([req.query, req.body ?? null]);
    const before = await claimKey(db, request, createHash('sha256').update(body).digest());
    if (before === null) {
      keepWhatIsSent(res, request, { db, vault, log });
      return next();
    }
    if (!before.sameBody) return problem(res, 422, 'this Idempotency-Key came with another body before: use a new one');
    if (before.status === null || before.answer === null) {
      res.setHeader('Retry-After', '1');
      return problem(res, 409, 'the same request is being answered right now: try again in a moment');
    }
    const { answer = '' } = vault.open(before.answer);
    res.status(before.status).setHeader('Idempotency-Replayed', 'true').type('application/json').send(answer);
  };
}

/** Keeps an answer that says yes before it leaves, and gives the key back in any other case. */
function keepWhatIsSent(
  res: Response,
  request: RequestKey,
  { db, vault, log }: { db: Knex; vault: Vault; log: Log },
): void {
  const send = res.send.bind(res);
  const missed = (error: unknown) => log.warn({ err: error }, 'an Idempotency-Key could not be settled');
  res.send = (body) => {
    if (res.headersSent) return send(body);
    const { statusCode: status } = res;
    const kept = status < 300 && typeof body === 'string' && body.length <= LONGEST_ANSWER;
    const settled = kept
      ? keepAnswer(db, request, { status, answer: vault.seal({ answer: body }) })
      : releaseKey(db, request);
    res.send = send;
    void settled.catch(missed).then(() => send(body));
    return res;
  };
}

function isUpload(path: string): boolean {
  return /^\/connections\/[^/]+\/(rosters|positions|roster-profile\/propose)\/?$/.test(path);
}
