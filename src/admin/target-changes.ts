import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { requireReachable } from '../directory/environment.ts';
import { changeTarget, lockedTarget, removeTarget } from '../directory/target-changes.ts';
import { readTarget, type TargetRow } from '../directory/targets.ts';
import { ENVIRONMENTS } from '../model/environment.ts';
import type { Target } from '../model/target.ts';
import { record } from '../report/audit.ts';
import { knownId, name, settings } from './input.ts';
import type { TargetMaker } from './targets.ts';

type Options = TargetMaker & { changed: () => void };

/** What is named is changed, null removes it, and all else stays: nobody has to send a secret again that nobody can read. */
export const Change = z.strictObject({
  name: name.optional(),
  environment: z.enum(ENVIRONMENTS).optional(),
  settings: settings.default({}),
  secrets: z.record(z.string(), z.string().nullable()).default({}),
  check: z.boolean().default(true),
});
type Change = z.output<typeof Change>;

/** How long the target may take to say that it takes its new settings. */
const CHECK_MS = 15_000;

/** Changes of targets and their end. */
export function targetChangeRoutes(options: Options): Router {
  const { db, changed } = options;
  const router = Router();
  router.param('id', knownId('target'));

  router.patch('/:id', async (req, res) => {
    const change = Change.parse(req.body);
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    // asked before anything is locked: the target may take its time
    const { target, connector } = changedBy(options, await readTarget(db, tenantId, id), change);
    await requireReachable(db, tenantId, target);
    if (change.check) await connector.check(AbortSignal.timeout(CHECK_MS));
    const saved = await inTransaction(db, (trx) => save(trx, options, tenantId, id, change));
    changed();
    res.json(saved);
  });

  router.delete('/:id', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    await inTransaction(db, async (trx) => {
      const target = await lockedTarget(trx, tenantId, req.params.id);
      await removeTarget(trx, target);
      const detail = { name: target.name, kind: target.kind };
      await record(trx, { tenantId, action: 'target.remove', subject: target.id, detail });
    });
    res.status(204).end();
  });
  return router;
}

// merged once more into what is stored by now, so that two changes of different settings both count
async function save(trx: Knex, options: Options, tenantId: string, id: string, change: Change): Promise<Target> {
  const before = await lockedTarget(trx, tenantId, id);
  const saved = await changeTarget(trx, changedBy(options, before, change).target);
  const detail = {
    from: before.name,
    name: saved.name,
    environment: saved.environment,
    settings: Object.keys(change.settings),
    secrets: Object.keys(change.secrets), // their names alone
    checked: change.check,
  };
  await record(trx, { tenantId, action: 'target.change', subject: id, detail });
  return saved;
}

/** The target as it would be, with its connector; throws `config_invalid` when its settings do not fit. */
function changedBy({ vault, create }: TargetMaker, before: TargetRow, change: Change) {
  const merged = merge(before.settings, change.settings);
  const secrets = merge(vault.open(before.secrets), change.secrets) as Record<string, string>; // null is left out
  const { name = before.name, environment = before.environment } = change;
  const target = { ...before, name, environment, settings: merged, secrets: vault.seal(secrets) };
  return { target, connector: create(before.kind, { settings: merged, secrets }) };
}

function merge(before: Readonly<Record<string, unknown>>, change: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null));
}
