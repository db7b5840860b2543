import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { attachTarget, createConnection, listConnections } from '../directory/connections.ts';
import { listTargets } from '../directory/targets.ts';
import { Fault } from '../errors.ts';
import type { Connection } from '../model/connection.ts';
import type { PolicyDocument } from '../model/policy-layers.ts';
import { setupOf } from '../plan/setup.ts';
import { record } from '../report/audit.ts';
import { factsOfEach, factsOfOne } from '../report/connection-facts.ts';
import { setupFactsOf } from '../report/setup.ts';
import { knownId, name } from './input.ts';
import { policyDocument } from './policy-document.ts';

export const NewConnection = z.strictObject({
  name,
  profile: z.enum(['rfc', 'okta', 'entra', 'generic']).default('generic'),
  policy: policyDocument.default({}),
  targets: z.array(z.uuid()).max(100).default([]),
});
type NewConnection = z.output<typeof NewConnection>;
export const Query = z.object({ count: z.stringbool().default(false) });

/** Of a connection that was made between two statements. */
const NONE = { people: { value: 0, exact: true }, tokenEndsAt: null };

/** Connections as such; what becomes of them is in connection-life.ts. */
export function connectionRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.param('id', knownId('connection'));

  router.get('/', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const connections = await listConnections(db, tenantId);
    if (!Query.parse(req.query).count) return res.json({ connections });
    const facts = await factsOfEach(db, tenantId);
    res.json({ connections: connections.map((one) => ({ ...one, ...(facts.get(one.id) ?? NONE) })) });
  });

  router.get('/:id', async (req, res) => {
    res.json(await shownWhole(db, res.locals['tenantId'], req.params.id));
  });

  router.post('/', async (req, res) => {
    const wanted = NewConnection.parse(req.body);
    const made = await inTransaction(db, (trx) => addConnection(trx, res.locals['tenantId'], wanted));
    res.status(201).json(made);
  });

  return router;
}

/** One connection with the names of its targets, how many people it has, and how far its set-up is (S13). */
async function shownWhole(db: Knex, tenantId: string, id: string) {
  const [connections, targets] = await Promise.all([listConnections(db, tenantId), listTargets(db, tenantId)]);
  const connection = connections.find((one) => one.id === id.toLowerCase());
  if (!connection) throw new Fault('not_found', `no connection ${id}`);
  const [facts = NONE, setup] = await Promise.all([factsOfOne(db, tenantId, id), setupFactsOf(db, tenantId, id)]);
  const following = targets.filter((one) => connection.targetIds.includes(one.id));
  return {
    ...connection,
    targets: following.map(({ name, kind, environment, ...target }) => ({ id: target.id, name, kind, environment })),
    ...facts,
    setup: setupOf(setup),
  };
}

async function addConnection(trx: Knex, tenantId: string, { targets, ...wanted }: NewConnection): Promise<Connection> {
  // zod's "may be undefined" is our "may be absent": JSON knows no difference
  const connection = await createConnection(trx, tenantId, { ...wanted, policy: wanted.policy as PolicyDocument });
  for (const targetId of targets) await attachTarget(trx, connection, targetId);
  const detail = { ...wanted, targets };
  await record(trx, { tenantId, action: 'connection.create', subject: connection.id, detail });
  return connection;
}
