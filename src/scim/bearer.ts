import type { IncomingMessage } from 'node:http';
import type { Credential } from '../directory/credentials.ts';
import type { Access } from '../model/token.ts';
import type { CredentialCache } from './credential-cache.ts';
import { ScimError } from './error.ts';

/** Who asks; `encoded` when the token came in base64. */
export type Caller = Credential & { readonly encoded?: boolean };

/** RFC 6750 §2.1; the token may also come in the query or body there, but URLs end up in logs. */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/**
 * Who asks, by the bearer token, which names the connection. Throws 401 with the challenge that RFC 6750 §3 asks for. A
 * failing database is passed on as an error, never as "unauthorized".
 */
export async function authenticate(credentials: CredentialCache, req: IncomingMessage): Promise<Caller> {
  const header = req.headers.authorization;
  if (!header) throw unauthorized('send the token as "Authorization: Bearer <token>"', '');
  const token = BEARER.exec(header)?.[1];
  const plain = token && decoded(token);
  const credential = plain ? await credentials.find(plain) : null;
  if (!credential) {
    const detail = 'the token is not valid: it is unknown, revoked or expired; make a new one for this connection';
    throw unauthorized(detail, ', error="invalid_token"');
  }
  return plain === token ? credential : { ...credential, encoded: true };
}

/** Throws 401 where the connection takes nothing any more, and 403 where the token is not for this. */
export function demandAccess({ connection, scopes }: Caller, access: Access): void {
  if (connection.state === 'disconnected') throw disconnected(connection.name);
  if (!scopes.includes(access)) throw insufficient(access);
}

/**
 * Not "accepted and not applied": providers show a 401 to their admins and keep what they could not send, so nothing is
 * lost when the connection is taken back, and its tokens with it.
 */
function disconnected(name: string): ScimError {
  const detail = `connection "${name}" is disconnected: nothing is accepted until an operator connects it again`;
  return unauthorized(detail, ', error="invalid_token"');
}

/** The error is named only to those who sent a token. */
function unauthorized(detail: string, error: string): ScimError {
  return new ScimError(401, detail, undefined, { headers: { 'WWW-Authenticate': `Bearer realm="SCIM"${error}` } });
}

/** RFC 6750 §3.1: the token is good, only not for this. */
function insufficient(wanted: Access): ScimError {
  const challenge = `Bearer realm="SCIM", error="insufficient_scope", scope="${wanted}"`;
  const detail = `the token may not ${wanted}; make one with the scope ${wanted}`;
  return new ScimError(403, detail, undefined, { headers: { 'WWW-Authenticate': challenge } });
}

/** A widespread gateway sends its token base64-encoded. */
function decoded(token: string): string {
  if (token.startsWith('gw_')) return token;
  const text = Buffer.from(token, 'base64').toString('latin1');
  return text.startsWith('gw_') ? text.trim() : token;
}
