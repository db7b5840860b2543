import type { JSONWebKeySet, JWTPayload } from 'jose';
import type { Knex } from 'knex';
import { findClient, takeAssertion } from '../directory/clients.ts';
import type { Client } from '../model/client.ts';
import { OAuthError, unknownClient } from './error.ts';

/** Signatures by a private key alone: `none` and shared keys prove nothing here. */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];

/** How far ahead an assertion's end may lie, and how far two clocks may be apart. */
const LIFE_SECONDS = 300;
const SKEW_SECONDS = 5;

/**
 * The client that signed an assertion (private_key_jwt, RFC 7523 §3): it names itself as issuer and subject, us as the
 * audience, ends within five minutes, and is taken once by all instances together.
 */
export async function clientOfAssertion(db: Knex, assertion: string, audience: string[]): Promise<Client> {
  const jose = await import('jose'); // most installations never need it
  try {
    const client = await findClient(db, String(jose.decodeJwt(assertion).sub ?? ''));
    if (!client?.keys) throw unknownClient();
    const keys = jose.createLocalJWKSet(client.keys as unknown as JSONWebKeySet); // checked when they were registered
    const { payload } = await jose.jwtVerify(assertion, keys, {
      algorithms: ALGORITHMS,
      issuer: client.clientId,
      subject: client.clientId,
      audience,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: SKEW_SECONDS,
    });
    await takeOnce(db, client, payload);
    return client;
  } catch (error) {
    // claims are read after the signature: whoever hears what is wrong with them holds the key
    if (error instanceof jose.errors.JWTClaimValidationFailed || error instanceof jose.errors.JWTExpired) {
      throw new OAuthError('invalid_client', `the assertion is not taken: ${error.message}`, { cause: error });
    }
    throw error instanceof jose.errors.JOSEError ? unknownClient(error) : error;
  }
}

async function takeOnce(db: Knex, client: Client, { exp = 0, jti }: JWTPayload): Promise<void> {
  if (typeof jti !== 'string' || jti === '') throw new OAuthError('invalid_client', 'jti must be a text');
  if (exp > Date.now() / 1_000 + LIFE_SECONDS + SKEW_SECONDS) {
    throw new OAuthError('invalid_client', `the assertion may end ${LIFE_SECONDS} seconds ahead at most`);
  }
  const forgettable = new Date((exp + SKEW_SECONDS + 1) * 1_000);
  if (await takeAssertion(db, client, jti, forgettable)) return;
  throw new OAuthError('invalid_client', 'the assertion was used before: each needs a jti of its own');
}
