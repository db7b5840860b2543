import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { readConnection } from '../directory/connections.ts';
import { addToken, listEndingTokens, listTokens, revokeToken } from '../directory/credentials.ts';
import { Fault } from '../errors.ts';
import { record } from '../report/audit.ts';
import { knownId } from './input.ts';

type Options = { db: Knex; changed: () => void };

export const NewToken = z.strictObject({
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((date) => date.getTime() > Date.now(), 'must be in the future')
    .optional(),
  scopes: z
    .array(z.enum(['read', 'write']))
    .min(1)
    .transform((scopes) => [...new Set(scopes)])
    .optional(),
});
type NewToken = z.output<typeof NewToken>;

const DAY_MS = 86_400_000;
const MOST_LISTED = 1_000;
export const EndingWish = z.strictObject({ days: z.coerce.number().int().min(1).max(3_650).default(30) });

/** Tokens of all connections: those that end soon, and by their own ids. */
export function tokenRoutes({ db, changed }: Options): Router {
  const router = Router();
  router.param('id', knownId('token'));
  router.get('/', async (req, res) => {
    const { days } = EndingWish.parse(req.query);
    const now = new Date();
    const until = new Date(now.getTime() + days * DAY_MS);
    res.json({ tokens: await listEndingTokens(db, res.locals['tenantId'], { now, until, limit: MOST_LISTED }) });
  });
  router.delete('/:id', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    await inTransaction(db, async (trx) => {
      if (!(await revokeToken(trx, tenantId, id))) throw new Fault('not_found', `no live token ${id}`);
      await record(trx, { tenantId, action: 'token.revoke', subject: id, detail: {} });
    });
    changed();
    res.status(204).end();
  });
  return router;
}

/** The tokens of one connection. */
export function connectionTokenRoutes({ db }: Options): Router {
  const router = Router();
  router.param('id', knownId('connection'));

  router.get('/:id/tokens', async (req, res) => {
    const connection = await readConnection(db, res.locals['tenantId'], req.params.id);
    res.json({ tokens: await listTokens(db, connection) });
  });

  // the token is shown here and never again
  router.post('/:id/tokens', async (req, res) => {
    const wanted = NewToken.parse(req.body ?? {});
    const { id } = req.params;
    res.status(201).json(await inTransaction(db, (trx) => makeToken(trx, res.locals['tenantId'], id, wanted)));
  });
  return router;
}

async function makeToken(trx: Knex, tenantId: string, connectionId: string, wanted: NewToken) {
  const connection = await readConnection(trx, tenantId, connectionId);
  const issued = await addToken(trx, connection, wanted);
  const detail = { connection: connectionId, ...wanted };
  await record(trx, { tenantId, action: 'token.create', subject: issued.id, detail });
  return issued;
}
