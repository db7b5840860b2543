import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Connector, TargetSettings } from '../connectors/connector.ts';
import { createTarget, listTargets, readTarget } from '../directory/targets.ts';
import { record } from '../report/audit.ts';
import type { Vault } from '../vault.ts';

export type TargetMaker = {
  db: Knex;
  vault: Vault;
  /** Makes the connector of a target; throws `config_invalid` when its settings do not fit. */
  create: (kind: string, target: TargetSettings) => Connector;
};

const NewTarget = z.strictObject({
  name: z.string().min(1).max(200),
  kind: z.string(),
  settings: z.record(z.string(), z.unknown()).default({}),
  secrets: z.record(z.string(), z.string()).default({}),
});

/** How long "test connection" waits for the target. */
const CHECK_MS = 15_000;

/** Targets: secrets go in and never come out. */
export function targetRoutes({ db, vault, create }: TargetMaker): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    res.json({ targets: await listTargets(db, res.locals['tenantId']) });
  });
  router.post('/', async (req, res) => {
    const { secrets, ...target } = NewTarget.parse(req.body);
    create(target.kind, { settings: target.settings, secrets });
    const made = await createTarget(db, res.locals['tenantId'], { ...target, secrets: vault.seal(secrets) });
    await record(db, {
      tenantId: made.tenantId,
      action: 'target.create',
      subject: made.id,
      detail: { name: made.name },
    });
    res.status(201).json(made);
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
