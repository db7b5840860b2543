import { createPublicKey, type JsonWebKeyInput } from 'node:crypto';
import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { createClient, listClients, revokeClient } from '../directory/clients.ts';
import { readConnection } from '../directory/connections.ts';
import { Fault } from '../errors.ts';
import type { PublicKeys } from '../model/client.ts';
import { record } from '../report/audit.ts';
import { isStorable, knownId } from './input.ts';

type Options = { db: Knex; changed: () => void };

const RSA_BITS = 2_048;
/** What only a private or shared key has (RFC 7518 §6). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const text = z.string().max(2_000).refine(isStorable, 'text that cannot be stored');

// of what else a key may carry nothing is kept
const Key = z
  .looseObject({ kty: z.string() })
  .refine((key) => !PRIVATE.some((name) => name in key), 'this is a private key: register the public one')
  .pipe(
    z.object({
      kty: z.enum(['RSA', 'EC', 'OKP']),
      ...Object.fromEntries(['kid', 'alg', 'use', 'crv', 'n', 'e', 'x', 'y'].map((name) => [name, text.optional()])),
    }),
  )
  .refine(isUsable, 'no public key that can be used: RSA of 2048 bits or more, EC P-256 or P-384, or Ed25519');
export const NewClient = z.strictObject({ jwks: z.object({ keys: z.array(Key).min(1).max(10) }).optional() });

/** OAuth clients by their own ids. */
export function clientRoutes({ db, changed }: Options): Router {
  const router = Router();
  router.param('id', knownId('client'));
  router.delete('/:id', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    await inTransaction(db, async (trx) => {
      if (!(await revokeClient(trx, tenantId, id))) throw new Fault('not_found', `no live client ${id}`);
      await record(trx, { tenantId, action: 'client.revoke', subject: id, detail: {} });
    });
    changed();
    res.status(204).end();
  });
  return router;
}

/** The OAuth clients of one connection. */
export function connectionClientRoutes({ db }: Options): Router {
  const router = Router();
  router.param('id', knownId('connection'));

  router.get('/:id/clients', async (req, res) => {
    const connection = await readConnection(db, res.locals['tenantId'], req.params.id);
    res.json({ clients: await listClients(db, connection) });
  });

  // the secret is shown here and never again
  router.post('/:id/clients', async (req, res) => {
    const { jwks = null } = NewClient.parse(req.body ?? {});
    const { id } = req.params;
    res.status(201).json(await inTransaction(db, (trx) => makeClient(trx, res.locals['tenantId'], id, jwks)));
  });
  return router;
}

async function makeClient(trx: Knex, tenantId: string, connectionId: string, keys: PublicKeys | null) {
  const connection = await readConnection(trx, tenantId, connectionId);
  const made = await createClient(trx, connection, keys);
  const detail = { connection: connectionId, authentication: keys ? 'private_key_jwt' : 'client_secret' };
  await record(trx, { tenantId, action: 'client.create', subject: made.id, detail });
  return made;
}

function isUsable(key: object): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({
      key: key as JsonWebKeyInput['key'],
      format: 'jwk',
    });
    if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS;
    if (asymmetricKeyType === 'ec') return ['prime256v1', 'secp384r1'].includes(asymmetricKeyDetails?.namedCurve ?? '');
    return asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}
