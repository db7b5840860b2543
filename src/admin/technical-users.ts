import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { addKey, listKeys, revokeKey } from '../access/api-keys.ts';
import {
  createTechnicalUser,
  listTechnicalUsers,
  lockTechnicalUser,
  revokeTechnicalUser,
} from '../access/technical-users.ts';
import { inTransaction } from '../database/transaction.ts';
import { readConnection } from '../directory/connections.ts';
import { readTarget } from '../directory/targets.ts';
import { TECHNICAL_RIGHTS } from '../model/principal.ts';
import { record } from '../report/audit.ts';
import { knownId, name } from './input.ts';

export const NewTechnicalUser = z
  .strictObject({
    name,
    email: z.email().max(254).optional(),
    rights: z
      .array(z.enum(TECHNICAL_RIGHTS))
      .min(1)
      .transform((all) => [...new Set(all)]),
    connectionId: z.uuid().toLowerCase().optional(),
    targetId: z.uuid().toLowerCase().optional(),
  })
  .refine(
    ({ rights }) => !rights.includes('rosters') || rights.length === 1,
    'rosters stands alone: it is the least right',
  )
  .refine(
    ({ rights, connectionId }) => rights.includes('rosters') === (connectionId !== undefined),
    'the right rosters is for one connection (connectionId), and only that right is',
  )
  .refine(
    ({ rights }) => !rights.includes('badges') || rights.length === 1,
    'badges stands alone: it is for programs of a target app',
  )
  .refine(
    ({ rights, targetId }) => rights.includes('badges') === (targetId !== undefined),
    'the right badges is for one target (targetId), and only that right is',
  );
export const NewKey = z.strictObject({
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((date) => date.getTime() > Date.now(), 'must be in the future')
    .nullable()
    .default(null),
});

/** Technical users (S36): programs that have keys and never sign in. */
export function technicalUserRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.param('id', knownId('technical user'));
  router.param('keyId', knownId('key'));
  router.get('/', async (_req, res) => {
    res.json({ technicalUsers: await listTechnicalUsers(db, res.locals['tenantId']) });
  });
  router.post('/', async (req, res) => {
    res.status(201).json(await addUser(db, res.locals['tenantId'], NewTechnicalUser.parse(req.body)));
  });
  router.delete('/:id', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    await inTransaction(db, async (trx) => {
      await revokeTechnicalUser(trx, tenantId, id);
      await record(trx, { tenantId, action: 'technical-user.revoke', subject: id, detail: {} });
    });
    res.status(204).end();
  });
  return router;
}

/** Their keys (S37). */
export function apiKeyRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.param('id', knownId('technical user'));
  router.param('keyId', knownId('key'));
  router.get('/:id/keys', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    await inTransaction(db, (trx) => lockTechnicalUser(trx, tenantId, req.params.id)); // unknown is not found
    res.json({ keys: await listKeys(db, tenantId, req.params.id) });
  });
  // the key is shown here and never again; of two live ones, rotating ends the older
  for (const [path, rotate] of [
    ['/:id/keys', false],
    ['/:id/keys/rotate', true],
  ] as const) {
    router.post(path, async (req, res) => {
      const id = String(req.params['id']); // the path has it
      res.status(201).json(await makeKey(db, res.locals['tenantId'], id, req.body, rotate));
    });
  }
  router.delete('/:id/keys/:keyId', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id, keyId } = req.params;
    await inTransaction(db, async (trx) => {
      await lockTechnicalUser(trx, tenantId, id);
      await revokeKey(trx, tenantId, id, keyId);
      await record(trx, { tenantId, action: 'key.revoke', subject: keyId, detail: { technicalUser: id } });
    });
    res.status(204).end();
  });
  return router;
}

async function addUser(db: Knex, tenantId: string, wanted: z.output<typeof NewTechnicalUser>) {
  return inTransaction(db, async (trx) => {
    if (wanted.connectionId !== undefined) await readConnection(trx, tenantId, wanted.connectionId);
    if (wanted.targetId !== undefined) await readTarget(trx, tenantId, wanted.targetId);
    const made = await createTechnicalUser(trx, tenantId, wanted);
    await record(trx, { tenantId, action: 'technical-user.add', subject: made.id, detail: { ...wanted } });
    return made;
  });
}

async function makeKey(db: Knex, tenantId: string, userId: string, body: unknown, rotate: boolean) {
  return inTransaction(db, async (trx) => {
    const user = await lockTechnicalUser(trx, tenantId, userId);
    const { expiresAt } = NewKey.parse(body ?? {});
    const [oldest, ...others] = await listKeys(trx, tenantId, userId);
    const ended = rotate && oldest && others.length > 0 ? oldest.id : null;
    if (ended) await revokeKey(trx, tenantId, userId, ended);
    const made = await addKey(trx, tenantId, user, expiresAt);
    const detail = { technicalUser: userId, prefix: made.prefix, expiresAt, ...(ended && { ended }) };
    await record(trx, { tenantId, action: 'key.create', subject: made.id, detail });
    return { ...made, ended };
  });
}
