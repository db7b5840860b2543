import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Connector, TargetSettings } from '../connectors/connector.ts';
import { inTransaction } from '../database/transaction.ts';
import { requireReachable } from '../directory/environment.ts';
import { createTarget, listTargets, readTarget } from '../directory/targets.ts';
import { ENVIRONMENTS } from '../model/environment.ts';
import { record } from '../report/audit.ts';
import { targetHealth } from '../report/target-health.ts';
import type { Vault } from '../vault.ts';
import { knownId, name, settings } from './input.ts';

export type TargetMaker = {
  db: Knex;
  vault: Vault;
  /** Makes the connector of a target; throws `config_invalid` when its settings do not fit. */
  create: (kind: string, target: TargetSettings) => Connector;
};

export const NewTarget = z.strictObject({
  name,
  kind: z.string().max(100),
  environment: z.enum(ENVIRONMENTS).default('live'),
  settings: settings.default({}),
  secrets: z.record(z.string(), z.string()).default({}),
});

/** How long "test connection" waits for the target. */
const CHECK_MS = 15_000;

/** Targets: secrets go in and never come out. */
export function targetRoutes({ db, vault, create }: TargetMaker): Router {
  const router = Router();
  router.param('id', knownId('target'));
  router.get('/', async (_req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const [targets, downSince] = await Promise.all([listTargets(db, tenantId), downSinceOf(db, tenantId)]);
    res.json({ targets: targets.map((target) => ({ ...target, downSince: downSince(target.id) })) });
  });
  router.post('/', async (req, res) => {
    const { secrets, ...target } = NewTarget.parse(req.body);
    create(target.kind, { settings: target.settings, secrets });
    const tenantId: string = res.locals['tenantId'];
    await requireReachable(db, tenantId, target);
    const made = await inTransaction(db, async (trx) => {
      const stored = await createTarget(trx, tenantId, { ...target, secrets: vault.seal(secrets) });
      const detail = {
        name: stored.name,
        kind: stored.kind,
        environment: stored.environment,
        secrets: Object.keys(secrets),
      }; // their names alone
      await record(trx, { tenantId, action: 'target.create', subject: stored.id, detail });
      return stored;
    });
    res.status(201).json(made);
  });
  router.get('/:id', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { secrets, ...target } = await readTarget(db, tenantId, req.params.id);
    const downSince = (await downSinceOf(db, tenantId))(target.id);
    res.json({ ...target, downSince, secrets: Object.keys(vault.open(secrets)).toSorted() }); // their names alone
  });
  // asks the target itself: does it answer, and does it take our secret?
  router.post('/:id/check', async (req, res) => {
    const target = await readTarget(db, res.locals['tenantId'], req.params.id);
    const connector = create(target.kind, { settings: target.settings, secrets: vault.open(target.secrets) });
    await connector.check(AbortSignal.timeout(CHECK_MS));
    res.json({ status: 'ok', capabilities: connector.capabilities });
  });
  return router;
}

/** Since when each target does not answer; null for one that does. */
async function downSinceOf(db: Knex, tenantId: string): Promise<(id: string) => Date | null> {
  const since = new Map((await targetHealth(db, tenantId)).map((one) => [one.id, one.downSince]));
  return (id) => since.get(id) ?? null;
}
