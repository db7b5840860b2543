import { createHash } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import passport from 'passport';
import { Strategy } from 'passport-http-bearer';
import { type Credential, findByToken } from '../directory/credentials.ts';
import type { Connection } from '../model/connection.ts';
import { errorBody, ScimError } from './error.ts';

/** How long a look-up is believed: revoking a token or pausing a connection takes hold within this time. */
const CACHE_MS = 2_000;
const CACHE_SIZE = 10_000;

/**
 * Passport's bearer strategy in front of the endpoint: the token names the connection, which becomes `req.user`. Runs
 * before the body is read. A failing database is passed on as an error, never as "unauthorized".
 */
export function bearerAuthentication(db: Knex): RequestHandler {
  const find = cachedLookup(db);
  const strategy = new Strategy(async (token, done) => {
    try {
      done(null, (await find(token)) ?? false);
    } catch (error) {
      done(error);
    }
  });
  const authenticator = new passport.Passport();
  authenticator.use('bearer', strategy);
  return (req, res, next) => {
    // the strategy would also take a token from the query, and URLs end up in logs
    if (!req.headers.authorization) return refuse(res, undefined);
    const answer = (error: unknown, connection: Connection | false): void => {
      if (error) return next(error);
      if (!connection) return refuse(res, req.headers.authorization);
      res.locals['connection'] = connection;
      next();
    };
    authenticator.authenticate('bearer', { session: false }, answer)(req, res, next);
  };
}

/** RFC 6750 §3: the error is named only to those who sent a token. */
function refuse(res: Response, header: string | undefined): void {
  res.setHeader('WWW-Authenticate', `Bearer realm="SCIM"${header ? ', error="invalid_token"' : ''}`);
  res.status(401).json(errorBody(unauthorized(header)));
}

function unauthorized(header: string | undefined): ScimError {
  const detail = header
    ? 'the token is not valid: it is unknown, revoked or expired; make a new one for this connection'
    : 'send the token as "Authorization: Bearer <token>"';
  return new ScimError(401, detail);
}

/** Keyed by hash, so that no token lies in memory longer than its request. */
function cachedLookup(db: Knex): (token: string) => Promise<Connection | null> {
  const cache = new Map<string, { credential: Credential; readAt: number }>();
  return async (sent) => {
    const token = decoded(sent);
    const key = createHash('sha256').update(token).digest('base64');
    const cached = cache.get(key);
    const now = Date.now();
    if (cached && now - cached.readAt < CACHE_MS && now < cached.credential.expiresAt) {
      return cached.credential.connection;
    }
    const credential = await findByToken(db, token);
    cache.delete(key);
    if (!credential) return null;
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(key, { credential, readAt: now });
    return credential.connection;
  };
}

/** A widespread gateway sends its token base64-encoded. */
function decoded(token: string): string {
  if (token.startsWith('gw_')) return token;
  const text = Buffer.from(token, 'base64').toString('latin1');
  return text.startsWith('gw_') ? text.trim() : token;
}
