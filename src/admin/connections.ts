import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { attachTarget, createConnection, listConnections } from '../directory/connections.ts';
import type { Connection } from '../model/connection.ts';
import type { PolicyDocument } from '../model/policy-layers.ts';
import { record } from '../report/audit.ts';
import { name } from './input.ts';
import { policyDocument } from './policy-document.ts';

export const NewConnection = z.strictObject({
  name,
  profile: z.enum(['rfc', 'okta', 'entra', 'generic']).default('generic'),
  policy: policyDocument.default({}),
  targets: z.array(z.uuid()).max(100).default([]),
});
type NewConnection = z.output<typeof NewConnection>;

/** Connections as such; what becomes of them is in connection-life.ts. */
export function connectionRoutes({ db }: { db: Knex }): Router {
  const router = Router();

  router.get('/', async (_req, res) => {
    res.json({ connections: await listConnections(db, res.locals['tenantId']) });
  });

  router.post('/', async (req, res) => {
    const wanted = NewConnection.parse(req.body);
    const made = await inTransaction(db, (trx) => addConnection(trx, res.locals['tenantId'], wanted));
    res.status(201).json(made);
  });

  return router;
}

async function addConnection(trx: Knex, tenantId: string, { targets, ...wanted }: NewConnection): Promise<Connection> {
  // zod's "may be undefined" is our "may be absent": JSON knows no difference
  const connection = await createConnection(trx, tenantId, { ...wanted, policy: wanted.policy as PolicyDocument });
  for (const targetId of targets) await attachTarget(trx, connection, targetId);
  const detail = { ...wanted, targets };
  await record(trx, { tenantId, action: 'connection.create', subject: connection.id, detail });
  return connection;
}
