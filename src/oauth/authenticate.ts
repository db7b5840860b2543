import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import { findClient } from '../directory/clients.ts';
import { hashOf } from '../directory/token-text.ts';
import type { Client } from '../model/client.ts';
import { clientOfAssertion } from './assertion.ts';
import { unknownClient } from './error.ts';
import type { Proof } from './proof.ts';

/** Fits no secret: compared where there is none, so that an unknown client takes as long as a wrong secret. */
const NOBODYS = randomBytes(32);

/** The client that a request comes from. Throws `invalid_client`, in the same words whatever does not fit. */
export async function authenticate(db: Knex, proof: Proof, audience: string[]): Promise<Client> {
  switch (proof.kind) {
    case 'secret':
      return clientOfSecret(db, proof.clientId, proof.secret);
    case 'assertion': {
      const client = await clientOfAssertion(db, proof.assertion, audience);
      if (proof.clientId && proof.clientId !== client.clientId) throw unknownClient();
      return client;
    }
    default:
      return proof satisfies never;
  }
}

async function clientOfSecret(db: Knex, clientId: string, secret: string): Promise<Client> {
  const client = await findClient(db, clientId);
  const fits = timingSafeEqual(hashOf(secret), client?.secretHash ?? NOBODYS);
  if (!client || !fits) throw unknownClient();
  return client;
}
