import express, { type ErrorRequestHandler, type Request, Router } from 'express';
import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { issueAccessToken, sweepExpired } from '../directory/clients.ts';
import { isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Access, EVERY_ACCESS } from '../model/token.ts';
import { ALGORITHMS } from './assertion.ts';
import { authenticate } from './authenticate.ts';
import { OAuthError, unknownClient } from './error.ts';
import { type Form, formOf, proofOf } from './proof.ts';

export type OAuthOptions = { db: Knex; log: Log; publicUrl: string | null };

const LIFE_SECONDS = 3_600;
const OUTAGE_RETRY_SECONDS = 5;
const TOKEN_PATH = '/oauth/token';
const SCOPES: Readonly<Record<string, readonly Access[]>> = { scim: EVERY_ACCESS, read: ['read'], write: ['write'] };

/** Our own authorization server: clients of a connection get tokens for an hour (RFC 6749 §4.4, RFC 8414). */
export function oauthRouter(options: OAuthOptions): Router {
  const router = Router();
  router.get('/.well-known/oauth-authorization-server', (req, res) => {
    res.json(metadata(issuerOf(req, options)));
  });
  router.post(TOKEN_PATH, noStore, express.urlencoded({ extended: false, limit: '16kb' }), async (req, res) => {
    res.json(await grant(options, req));
  });
  router.all(TOKEN_PATH, noStore, (_req, res) => {
    res.setHeader('Allow', 'POST');
    res.status(405).json({ error: 'invalid_request', error_description: 'send a POST request' });
  });
  router.use(TOKEN_PATH, answerError(options.log));
  return router;
}

async function grant(options: OAuthOptions, req: Request): Promise<Record<string, unknown>> {
  const { db } = options;
  const form = formOf(req.body);
  requireGrantType(form);
  const issuer = issuerOf(req, options);
  const client = await authenticate(db, proofOf(req.headers.authorization, form), [issuer + TOKEN_PATH, issuer]);
  const scope = form['scope'] ?? 'scim';
  const scopes = accessOf(scope);
  const { tenantId, state, name } = client.connection;
  if (state === 'disconnected') throw new OAuthError('invalid_grant', `connection "${name}" is disconnected`);
  const expiresAt = new Date(Date.now() + LIFE_SECONDS * 1_000);
  const token = await inTransaction(db, (trx) => issueAccessToken(trx, client, scopes, expiresAt));
  if (!token) throw unknownClient();
  sweepExpired(db, tenantId).catch(() => {}); // the next request for a token has another chance
  return { access_token: token, token_type: 'Bearer', expires_in: LIFE_SECONDS, scope };
}

function requireGrantType({ grant_type: type }: Form): void {
  if (!type) throw new OAuthError('invalid_request', 'grant_type is missing');
  if (type !== 'client_credentials') {
    throw new OAuthError('unsupported_grant_type', 'the only grant_type here is client_credentials');
  }
}

/** `scim` stands for both; words are separated by single spaces (RFC 6749 §3.3). */
function accessOf(scope: string): readonly Access[] {
  const words = scope.split(' ');
  if (!words.every((word) => Object.hasOwn(SCOPES, word))) {
    throw new OAuthError('invalid_scope', `scopes are ${Object.keys(SCOPES).join(', ')}`);
  }
  const wanted = new Set(words.flatMap((word) => SCOPES[word] ?? []));
  return EVERY_ACCESS.filter((access) => wanted.has(access));
}

function metadata(issuer: string): Record<string, unknown> {
  return {
    issuer,
    token_endpoint: issuer + TOKEN_PATH,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    scopes_supported: Object.keys(SCOPES),
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
  };
}

/** Who we are: the configured address, or the one that the client typed. */
function issuerOf(req: Request, { publicUrl }: OAuthOptions): string {
  if (publicUrl) return publicUrl;
  const typed: string | undefined = req.host; // HTTP/1.0 needs no Host, and anything may stand in one
  const host = typed && /^[\w.:[\]-]+$/.test(typed) ? typed : `${req.socket.localAddress}:${req.socket.localPort}`;
  return `${req.protocol}://${host}`;
}

const noStore: express.RequestHandler = (_req, res, next) => {
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Pragma', 'no-cache'); // RFC 6749 §5.1
  next();
};

function answerError(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters
  return (error: unknown, _req, res, _next) => {
    const answer = (status: number, code: string, description: string) =>
      res.status(status).json({ error: code, error_description: description });
    if (error instanceof OAuthError) {
      const { code, message } = error;
      if (code === 'invalid_client') res.setHeader('WWW-Authenticate', 'Basic realm="Gangway OAuth"');
      return answer(code === 'invalid_client' ? 401 : 400, code, message);
    }
    if (isFault(error, 'database_unavailable')) {
      res.setHeader('Retry-After', String(OUTAGE_RETRY_SECONDS));
      return answer(503, 'temporarily_unavailable', 'try again in a moment');
    }
    const { status } = (error ?? {}) as { status?: unknown };
    if (typeof status === 'number' && status >= 400 && status < 500) {
      return answer(400, 'invalid_request', 'the body cannot be read');
    }
    log.error({ err: error }, 'token request failed');
    answer(500, 'server_error', 'internal error; see the server log');
  };
}
