import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { attachTarget, createConnection, listConnections, setState } from '../directory/connections.ts';
import { issueToken, revokeToken } from '../directory/credentials.ts';
import { readTarget } from '../directory/targets.ts';
import { Fault } from '../errors.ts';
import type { Policy } from '../model/policy.ts';
import { record } from '../report/audit.ts';

const ON_LEAVE = z.enum(['suspend', 'erase', 'ignore']);
const NewConnection = z.strictObject({
  name: z.string().min(1).max(200),
  profile: z.enum(['rfc', 'okta', 'entra', 'generic']).default('generic'),
  policy: z
    .strictObject({
      invite: z.enum(['automatic', 'manual']),
      adoptExisting: z.enum(['all', 'ask']),
      onDeactivate: ON_LEAVE,
      onDelete: ON_LEAVE,
    })
    .partial()
    .default({}),
  targets: z.array(z.uuid()).default([]),
});
const STATE_AFTER = { enable: 'enabled', pause: 'paused' } as const;

/** Connections, their states and their tokens. */
export function connectionRoutes({ db, changed }: { db: Knex; changed: () => void }): Router {
  const router = Router();

  router.get('/', async (_req, res) => {
    res.json({ connections: await listConnections(db, res.locals['tenantId']) });
  });

  router.post('/', async (req, res) => {
    const { targets, ...wanted } = NewConnection.parse(req.body);
    const tenantId: string = res.locals['tenantId'];
    const made = await inTransaction(db, async (trx) => {
      const connection = await createConnection(trx, tenantId, { ...wanted, policy: wanted.policy as Partial<Policy> });
      for (const targetId of targets) {
        await readTarget(trx, tenantId, targetId);
        await attachTarget(trx, connection, targetId);
      }
      await record(trx, {
        tenantId,
        action: 'connection.create',
        subject: connection.id,
        detail: { ...wanted, targets },
      });
      return connection;
    });
    res.status(201).json(made);
  });

  router.post('/:id/:change', async (req, res, next) => {
    const { id, change } = req.params;
    if (change !== 'enable' && change !== 'pause') return next();
    const tenantId: string = res.locals['tenantId'];
    const connection = await inTransaction(db, async (trx) => {
      const moved = await setState(trx, tenantId, id, STATE_AFTER[change]);
      await record(trx, { tenantId, action: `connection.${change}`, subject: id, detail: {} });
      return moved;
    });
    changed();
    res.json(connection);
  });

  // the token is shown here and never again
  router.post('/:id/tokens', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    const issued = await issueToken(db, { tenantId, id });
    await record(db, { tenantId, action: 'token.create', subject: issued.id, detail: { connection: id } });
    res.status(201).json(issued);
  });

  router.delete('/:id/tokens/:tokenId', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { tokenId } = req.params;
    if (!(await revokeToken(db, tenantId, tokenId))) throw new Fault('not_found', `no live token ${tokenId}`);
    await record(db, { tenantId, action: 'token.revoke', subject: tokenId, detail: {} });
    res.status(204).end();
  });

  return router;
}
