import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { makeLink } from '../access/links.ts';
import { demandFreeName } from '../access/names.ts';
import {
  createOperator,
  demandOtherOwner,
  findOperator,
  listOperators,
  readOperator,
  removeRole,
  rolesOf,
  setRole,
} from '../access/operators.ts';
import { endAllSessions, listSessions } from '../access/sessions.ts';
import { inTransaction } from '../database/transaction.ts';
import { isUuid } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import { type Operator, type Principal, RIGHTS, type Right } from '../model/principal.ts';
import { record } from '../report/audit.ts';
import { principalIn } from './authorise.ts';
import { name } from './input.ts';

type Options = { db: Knex; publicUrl: () => string };

const email = z.email().max(254);
const rights = z
  .array(z.enum(RIGHTS))
  .min(1)
  .transform((all) => [...new Set(all)]);
export const NewOperator = z.strictObject({
  name,
  email: email.optional(),
  language: z.enum(['en', 'de']).optional(),
  rights,
});
export const Role = z.strictObject({ rights });
export const Link = z.strictObject({ resetCode: z.boolean().default(false) });

/** Who signs in, and what they may do in this tenant. */
export function operatorRoutes({ db, publicUrl }: Options): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    res.json({ operators: await listOperators(db, res.locals['tenantId']) });
  });
  router.post('/', async (req, res) => {
    res.status(201).json(await addOperator(db, res.locals['tenantId'], NewOperator.parse(req.body), principalIn(res)));
  });
  router.put('/:id/role', async (req, res) => {
    await changeRole(db, res.locals['tenantId'], req.params.id, req.body);
    res.json(await readOperator(db, res.locals['tenantId'], req.params.id));
  });
  router.delete('/:id', async (req, res) => {
    await removeOperator(db, res.locals['tenantId'], req.params.id);
    res.status(204).end();
  });
  // the link is shown here and never again
  router.post('/:id/link', async (req, res) => {
    const operator = await readOperator(db, res.locals['tenantId'], req.params.id);
    const { resetCode } = Link.parse(req.body ?? {});
    const path = await linkFor(db, res.locals['tenantId'], operator, principalIn(res), resetCode);
    res.status(201).json({ url: `${publicUrl()}${path}` });
  });
  router.get('/:id/sessions', async (req, res) => {
    const { id } = await readOperator(db, res.locals['tenantId'], req.params.id);
    res.json({ sessions: await listSessions(db, id) });
  });
  router.delete('/:id/sessions', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = await readOperator(db, tenantId, req.params.id);
    const ended = await endAllSessions(db, id);
    await record(db, { tenantId, action: 'operator.sign-out', subject: id, detail: { ended } });
    res.json({ ended });
  });
  return router;
}

async function addOperator(
  db: Knex,
  tenantId: string,
  wanted: z.output<typeof NewOperator>,
  principal: Principal,
): Promise<Operator & { rights: Right[] }> {
  return inTransaction(db, async (trx) => {
    await demandFreeName(trx, [tenantId], wanted.name);
    const operator =
      (await knownElsewhere(trx, wanted.name, principal)) ?? (await createOperator(trx, [tenantId], wanted));
    await setRole(trx, tenantId, operator.id, wanted.rights);
    await record(trx, { tenantId, action: 'operator.add', subject: operator.id, detail: { ...wanted } });
    return { ...operator, rights: wanted.rights };
  });
}

/**
 * An operator of another tenant gets a role here as well, and stays one person with one way to sign in; but only from
 * somebody who owns that tenant too: to others the same name may be somebody else's.
 */
async function knownElsewhere(trx: Knex, named: string, principal: Principal): Promise<Operator | null> {
  const operator = isUuid(named) ? null : await findOperator(trx, named);
  const roles = operator ? await rolesOf(trx, operator.id) : [];
  return roles.some(({ tenantId }) => owns(principal, tenantId)) ? operator : null;
}

async function changeRole(db: Knex, tenantId: string, named: string, body: unknown): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { id, rights: before } = await readOperator(trx, tenantId, named);
    const { rights: after } = Role.parse(body);
    if (!after.includes('owner')) await demandOtherOwner(trx, tenantId, id);
    await setRole(trx, tenantId, id, after);
    await record(trx, { tenantId, action: 'operator.role', subject: id, detail: { before, after } });
  });
}

async function removeOperator(db: Knex, tenantId: string, named: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { id, name: who } = await readOperator(trx, tenantId, named);
    await demandOtherOwner(trx, tenantId, id);
    await removeRole(trx, tenantId, id);
    await record(trx, { tenantId, action: 'operator.remove', subject: id, detail: { name: who } });
  });
}

/** Who makes a link could use it: so it takes the rights of an owner in every tenant that it opens. */
async function linkFor(
  db: Knex,
  tenantId: string,
  { id, name: who, signIn }: { id: string; name: string; signIn: string },
  principal: Principal,
  resetCode: boolean,
): Promise<string> {
  if (signIn === 'openid')
    throw new Fault('not_permitted', `"${who}" signs in by OpenID Connect and has no password here`);
  return inTransaction(db, async (trx) => {
    const elsewhere = (await rolesOf(trx, id)).some((role) => !owns(principal, role.tenantId));
    if (elsewhere) {
      throw new Fault('not_permitted', `"${who}" has roles in tenants that you do not own: use the installation's key`);
    }
    const path = await makeLink(trx, id, resetCode);
    await record(trx, { tenantId, action: 'operator.link', subject: id, detail: { resetCode } });
    return path;
  });
}

function owns(principal: Principal, tenantId: string): boolean {
  return principal.kind === 'installation' || (principal.roles.get(tenantId) ?? []).includes('owner');
}
