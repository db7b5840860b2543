import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { attachTarget, createConnection, listConnections, readConnection, setState } from '../directory/connections.ts';
import { readTarget } from '../directory/targets.ts';
import { Fault } from '../errors.ts';
import type { Connection, ConnectionState } from '../model/connection.ts';
import type { PolicyDocument } from '../model/policy-layers.ts';
import { record } from '../report/audit.ts';
import { knownId, name } from './input.ts';
import { policyDocument } from './policy-document.ts';

const NewConnection = z.strictObject({
  name,
  profile: z.enum(['rfc', 'okta', 'entra', 'generic']).default('generic'),
  policy: policyDocument.default({}),
  targets: z.array(z.uuid()).max(100).default([]),
});
type NewConnection = z.output<typeof NewConnection>;

/** What each change needs and makes; what has that state already stays as it is. */
const CHANGES = {
  enable: { from: ['connected', 'paused'], to: 'enabled' },
  pause: { from: ['enabled'], to: 'paused' },
} as const satisfies Record<string, { from: readonly ConnectionState[]; to: ConnectionState }>;

/** Connections and their states. */
export function connectionRoutes({ db, changed }: { db: Knex; changed: () => void }): Router {
  const router = Router();
  router.param('id', knownId('connection'));

  router.get('/', async (_req, res) => {
    res.json({ connections: await listConnections(db, res.locals['tenantId']) });
  });

  router.post('/', async (req, res) => {
    const wanted = NewConnection.parse(req.body);
    const made = await inTransaction(db, (trx) => addConnection(trx, res.locals['tenantId'], wanted));
    res.status(201).json(made);
  });

  for (const change of ['enable', 'pause'] as const) {
    router.post(`/:id/${change}`, async (req, res) => {
      const id = String(req.params['id']); // the path has it
      const moved = await inTransaction(db, (trx) => move(trx, res.locals['tenantId'], id, change));
      changed();
      res.json(moved);
    });
  }
  return router;
}

async function addConnection(trx: Knex, tenantId: string, { targets, ...wanted }: NewConnection): Promise<Connection> {
  // zod's "may be undefined" is our "may be absent": JSON knows no difference
  const connection = await createConnection(trx, tenantId, { ...wanted, policy: wanted.policy as PolicyDocument });
  for (const targetId of targets) {
    await readTarget(trx, tenantId, targetId);
    await attachTarget(trx, connection, targetId);
  }
  const detail = { ...wanted, targets };
  await record(trx, { tenantId, action: 'connection.create', subject: connection.id, detail });
  return connection;
}

async function move(trx: Knex, tenantId: string, id: string, change: keyof typeof CHANGES): Promise<Connection> {
  const connection = await readConnection(trx, tenantId, id);
  const { state } = connection;
  const { from, to } = CHANGES[change];
  if (state === to) return connection;
  if (!from.some((allowed) => allowed === state)) {
    throw new Fault('connection_not_enabled', `connection "${connection.name}" is ${state}: it cannot be ${to}`);
  }
  const moved = await setState(trx, tenantId, id, to);
  await record(trx, { tenantId, action: `connection.${change}`, subject: id, detail: { from: state } });
  return moved;
}
