import type { RequestHandler, Response } from 'express';
import passport from 'passport';
import { Strategy } from 'passport-http-bearer';
import type { Connection } from '../model/connection.ts';
import type { CredentialCache } from './credential-cache.ts';
import { errorBody, ScimError } from './error.ts';

/**
 * Passport's bearer strategy in front of the endpoint: the token names the connection, which becomes `req.user`. Runs
 * before the body is read. A failing database is passed on as an error, never as "unauthorized".
 */
export function bearerAuthentication(credentials: CredentialCache): RequestHandler {
  const strategy = new Strategy(async (token, done) => {
    try {
      done(null, (await credentials.find(decoded(token))) ?? false);
    } catch (error) {
      done(error);
    }
  });
  const authenticator = new passport.Passport();
  authenticator.use('bearer', strategy);
  return (req, res, next) => {
    // the strategy would also take a token from the query, and URLs end up in logs
    const header = req.headers.authorization;
    if (!header) {
      refuse(res, header);
      return;
    }
    const answer = (error: unknown, connection: Connection | false): void => {
      if (connection) res.locals['connection'] = connection;
      if (error) next(error);
      else if (connection) next();
      else refuse(res, header);
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

/** A widespread gateway sends its token base64-encoded. */
function decoded(token: string): string {
  if (token.startsWith('gw_')) return token;
  const text = Buffer.from(token, 'base64').toString('latin1');
  return text.startsWith('gw_') ? text.trim() : token;
}
