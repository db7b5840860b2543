import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { changeConnection, detachTarget } from '../directory/connection-life.ts';
import { attachTarget, readConnection } from '../directory/connections.ts';
import { readTarget } from '../directory/targets.ts';
import { Fault } from '../errors.ts';
import type { Connection } from '../model/connection.ts';
import { record } from '../report/audit.ts';
import { knownId, name } from './input.ts';

export const Change = z.strictObject({
  name: name.optional(),
  profile: z.enum(['rfc', 'okta', 'entra', 'generic']).optional(),
});

/** Changes of a connection that is there: its name, its profile, the targets that follow it. */
export function connectionChangeRoutes({ db, changed }: { db: Knex; changed: () => void }): Router {
  const router = Router();
  router.param('id', knownId('connection'));
  router.param('targetId', knownId('target'));

  router.patch('/:id', async (req, res) => {
    const change = Change.parse(req.body);
    const { id } = req.params;
    const tenantId: string = res.locals['tenantId'];
    const saved = await inTransaction(db, async (trx) => {
      const before = await readConnection(trx, tenantId, id);
      const after = { name: change.name ?? before.name, profile: change.profile ?? before.profile };
      const detail = { from: { name: before.name, profile: before.profile }, to: after };
      await record(trx, { tenantId, action: 'connection.change', subject: id, detail });
      return changeConnection(trx, before, after);
    });
    changed();
    res.json(saved);
  });

  for (const [method, change] of [
    ['put', attach],
    ['delete', detach],
  ] as const) {
    router[method]('/:id/targets/:targetId', async (req, res) => {
      const { id = '', targetId = '' } = req.params as Record<string, string>; // the path has both
      const tenantId: string = res.locals['tenantId'];
      await inTransaction(db, async (trx) => change(trx, await readConnection(trx, tenantId, id), targetId));
      changed();
      res.status(204).end();
    });
  }
  return router;
}

async function attach(trx: Knex, connection: Connection, targetId: string): Promise<void> {
  const { tenantId, id } = connection;
  const { name: target } = await readTarget(trx, tenantId, targetId);
  await attachTarget(trx, connection, targetId);
  await record(trx, { tenantId, action: 'connection.attach', subject: id, detail: { targetId, target } });
}

async function detach(trx: Knex, connection: Connection, targetId: string): Promise<void> {
  const { tenantId, id } = connection;
  const { name: target } = await readTarget(trx, tenantId, targetId);
  if (!(await detachTarget(trx, connection, targetId))) {
    throw new Fault('not_found', `target "${target}" does not follow connection "${connection.name}"`);
  }
  await record(trx, { tenantId, action: 'connection.detach', subject: id, detail: { targetId, target } });
}
