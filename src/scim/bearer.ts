import type { Request, RequestHandler, Response } from 'express';
import passport from 'passport';
import { Strategy } from 'passport-http-bearer';
import type { Credential } from '../directory/credentials.ts';
import type { Access } from '../model/token.ts';
import type { CredentialCache } from './credential-cache.ts';
import { errorBody, ScimError } from './error.ts';

/**
 * Passport's bearer strategy in front of the endpoint: the token names the connection, and says whether it may write.
 * Runs before the body is read. A failing database is passed on as an error, never as "unauthorized".
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
    const answer = (error: unknown, credential: Credential | false): void => {
      if (error) next(error);
      else if (!credential) refuse(res, header);
      else if (!credential.scopes.includes(accessFor(req))) refuseAccess(res, accessFor(req));
      else {
        res.locals['connection'] = credential.connection;
        next();
      }
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

/** Searching is reading, whatever the verb (RFC 7644 §3.4.3); a bulk request is taken for the writes that it may hold. */
function accessFor(req: Request): Access {
  if (req.method === 'GET' || req.method === 'HEAD') return 'read';
  return req.method === 'POST' && /\/\.search\/?$/i.test(req.path) ? 'read' : 'write';
}

/** RFC 6750 §3.1: the token is good, only not for this. */
function refuseAccess(res: Response, wanted: Access): void {
  res.setHeader('WWW-Authenticate', `Bearer realm="SCIM", error="insufficient_scope", scope="${wanted}"`);
  res.status(403).json(errorBody(new ScimError(403, `the token may not ${wanted}; make one with the scope ${wanted}`)));
}

/** A widespread gateway sends its token base64-encoded. */
function decoded(token: string): string {
  if (token.startsWith('gw_')) return token;
  const text = Buffer.from(token, 'base64').toString('latin1');
  return text.startsWith('gw_') ? text.trim() : token;
}
