import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Connector } from '../connectors/connector.ts';
import { inTransaction } from '../database/transaction.ts';
import { disconnectPlan } from '../deliver/disconnect-plan.ts';
import { firstPlan } from '../deliver/first-plan.ts';
import { countNeverInvited, disconnect, reconnect } from '../directory/connection-life.ts';
import { listConnections, readConnection, setState } from '../directory/connections.ts';
import { readTarget } from '../directory/targets.ts';
import { Fault, isFault } from '../errors.ts';
import type { Connection, ConnectionState } from '../model/connection.ts';
import { record } from '../report/audit.ts';
import { knownId } from './input.ts';
import type { TargetMaker } from './targets.ts';

type Options = TargetMaker & { changed: () => void };
type State = { from: readonly ConnectionState[]; to: ConnectionState };
type Run = (trx: Knex, connection: Connection) => Promise<Connection>;

export const Query = z.object({ preview: z.stringbool().default(false) });

/** What each change needs and makes; what has that state already stays as it is. */
const CHANGES = {
  enable: { from: ['connected', 'paused'], to: 'enabled', run: to('enabled') },
  pause: { from: ['enabled'], to: 'paused', run: to('paused') },
  disconnect: { from: ['draft', 'connected', 'enabled', 'paused'], to: 'disconnected', run: disconnect },
  connect: { from: ['draft', 'disconnected'], to: 'connected', run: reconnect },
} as const satisfies Record<string, State & { run: Run }>;

/** A connection's life: what enabling would do, enabling, pausing, disconnecting, connecting again. */
export function connectionLifeRoutes(options: Options): Router {
  const { db, changed } = options;
  const router = Router();
  router.param('id', knownId('connection'));

  router.get('/:id/first-plan', async (req, res) => {
    const connection = await readConnection(db, res.locals['tenantId'], req.params.id);
    const targets = await atEachTarget(options, connection, (connector, targetId) =>
      firstPlan(db, connector, connection, targetId),
    );
    res.json({ connection: shown(connection), targets });
  });

  router.post('/:id/disconnect', async (req, res, next) => {
    if (!Query.parse(req.query).preview) return next();
    const connection = await readConnection(db, res.locals['tenantId'], req.params.id);
    const targets = await atEachTarget(options, connection, (connector, targetId) =>
      disconnectPlan(db, connector, connection, targetId),
    );
    const neverInvited = await countNeverInvited(db, connection);
    res.json({ connection: shown(connection), policy: connection.policy.onDisconnect, neverInvited, targets });
  });

  for (const change of ['enable', 'pause', 'disconnect', 'connect'] as const) {
    router.post(`/:id/${change}`, async (req, res) => {
      const id = String(req.params['id']); // the path has it
      const moved = await inTransaction(db, (trx) => move(trx, res.locals['tenantId'], id, change));
      changed();
      res.json(moved);
    });
  }
  return router;
}

function to(state: ConnectionState): Run {
  return (trx, { tenantId, id }) => setState(trx, tenantId, id, state);
}

/** Moves a connection to another state of its life; call in a transaction. Throws `connection_not_enabled`. */
export async function move(
  trx: Knex,
  tenantId: string,
  id: string,
  change: keyof typeof CHANGES,
  actor?: string,
): Promise<Connection> {
  const connection = await readConnection(trx, tenantId, id);
  const { state } = connection;
  const { from, to, run }: State & { run: Run } = CHANGES[change];
  if (state === to) return connection;
  if (!from.includes(state)) {
    throw new Fault('connection_not_enabled', `connection "${connection.name}" is ${state}: it cannot be ${to}`);
  }
  const moved = await run(trx, connection);
  await record(trx, {
    tenantId,
    action: `connection.${change}`,
    subject: id,
    detail: { from: state },
    ...(actor && { actor }),
  });
  return moved;
}

/** One look at each target. One that cannot be read fails the whole: a missing column must not look like an empty one. */
export async function atEachTarget<T extends object>(
  { db, vault, create }: TargetMaker,
  { tenantId, id }: Connection,
  look: (connector: Connector, targetId: string) => Promise<T>,
): Promise<({ targetId: string; name: string } & T)[]> {
  const targetIds = (await listConnections(db, tenantId)).find((one) => one.id === id)?.targetIds ?? [];
  return Promise.all(
    targetIds.map(async (targetId) => {
      const { name, kind, settings, secrets } = await readTarget(db, tenantId, targetId);
      try {
        const connector = create(kind, { settings, secrets: vault.open(secrets) });
        return { targetId, name, ...(await look(connector, targetId)) };
      } catch (error) {
        if (!isFault(error)) throw error;
        throw new Fault(error.code, `target "${name}" cannot be looked at: ${error.message}`, { cause: error });
      }
    }),
  );
}

function shown({ id, name, state }: Connection): Pick<Connection, 'id' | 'name' | 'state'> {
  return { id, name, state };
}
