import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { findOperator, setLanguage } from '../access/operators.ts';
import { inTransaction } from '../database/transaction.ts';
import { readConnection } from '../directory/connections.ts';
import { Fault } from '../errors.ts';
import { type Principal, RIGHTS } from '../model/principal.ts';
import { principalIn } from './authorise.ts';
import { visibleTenants } from './tenant.ts';

export const OwnSettings = z.strictObject({ language: z.enum(['en', 'de']) });

/** Who asks, and what they may do where; an operator's own settings. */
export function meRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    res.json(await answerFor(db, principalIn(res)));
  });
  router.put('/', async (req, res) => {
    const { language } = OwnSettings.parse(req.body);
    const principal = principalIn(res);
    if (principal.kind !== 'operator')
      throw new Fault('not_permitted', 'only who signs in has a language of their own');
    await inTransaction(db, (trx) => setLanguage(trx, principal.id, language));
    res.json(await answerFor(db, principal));
  });
  return router;
}

async function answerFor(db: Knex, principal: Principal) {
  const tenants = (await visibleTenants(db, principal)).map((tenant) => ({
    ...tenant,
    rights: principal.kind === 'installation' ? RIGHTS : (principal.roles.get(tenant.tenantId) ?? []),
  }));
  const name = principal.kind === 'installation' ? null : principal.name;
  const operator = principal.kind === 'operator' ? await findOperator(db, principal.id) : null;
  const language = operator?.language ?? null;
  return { kind: principal.kind, name, language, tenants, connection: await connectionOf(db, principal) };
}

/** The connection that somebody who sends rosters sends them for. */
async function connectionOf(db: Knex, principal: Principal) {
  if (principal.kind !== 'technical' || principal.connectionId === null) return null;
  const [tenantId = ''] = principal.roles.keys();
  const { id, name } = await readConnection(db, tenantId, principal.connectionId);
  return { id, name };
}
