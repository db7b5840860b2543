import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { managedAccount } from '../badge/account.ts';
import { isUnchanged } from '../badge/entity-tag.ts';
import { badgeKey, badgePrefix, badgeToken } from '../badge/token.ts';
import { inTransaction } from '../database/transaction.ts';
import { connectorSource } from '../deliver/targets.ts';
import { type BadgeTarget, findBadgeTarget, raiseEdition } from '../directory/badges.ts';
import { Fault } from '../errors.ts';
import { record } from '../report/audit.ts';
import { isStorable, knownId } from './input.ts';
import type { TargetMaker } from './targets.ts';

type Options = TargetMaker & { publicUrl: () => string };

const Account = z.string().min(1).max(500).refine(isStorable, 'text that no account can be called by');
export const BadgesWish = z.strictObject({ accounts: z.array(Account).min(1).max(1000) });

/** What a target's own app asks about its accounts: what manages them, and badges that say so. */
export function badgeRoutes(options: Options): Router {
  const { db, vault, publicUrl } = options;
  const connectorOf = connectorSource(db, vault, options.create);
  const router = Router();
  router.param('id', knownId('target'));

  router.get('/:id/accounts/:remoteId/managed', async (req, res) => {
    const { id: targetId, remoteId } = req.params;
    const tenantId: string = res.locals['tenantId'];
    await knownTarget(db, tenantId, targetId);
    const account = Account.parse(remoteId);
    const body = JSON.stringify(await managedAccount(db, connectorOf, { tenantId, targetId, account }));
    res.set('Cache-Control', 'private, max-age=60');
    if (isUnchanged(req, res, body)) res.status(304).end();
    else res.type('application/json').send(body);
  });

  router.post('/:id/badges', async (req, res) => {
    const { accounts } = BadgesWish.parse(req.body);
    const targetId = req.params.id;
    const tenantId: string = res.locals['tenantId'];
    const { edition } = await knownTarget(db, tenantId, targetId);
    const key = badgeKey(vault.derive, { tenantId, targetId, edition });
    const prefix = badgePrefix(tenantId, targetId);
    const badges = accounts.map((account) => {
      const token = badgeToken(key, prefix, account);
      const url = `${publicUrl()}/badge/${token}`;
      return { account, token, svg: `${url}.svg`, html: `${url}.html` };
    });
    res.json({ badges });
  });

  // the key is shown here and never again; what was signed with the one before is worth nothing from now on
  router.post('/:id/badge-key', async (req, res) => {
    const at = { tenantId: String(res.locals['tenantId']), targetId: req.params.id };
    const edition = await nextEdition(db, at);
    const key = badgeKey(vault.derive, { ...at, edition });
    res.status(201).json({ prefix: badgePrefix(at.tenantId, at.targetId), key, url: `${publicUrl()}/badge/` });
  });
  return router;
}

async function nextEdition(db: Knex, { tenantId, targetId }: { tenantId: string; targetId: string }): Promise<number> {
  return inTransaction(db, async (trx) => {
    const { name, edition } = await raiseEdition(trx, { tenantId, targetId });
    await record(trx, { tenantId, action: 'target.badge-key', subject: targetId, detail: { name, edition } });
    return edition;
  });
}

async function knownTarget(db: Knex, tenantId: string, targetId: string): Promise<BadgeTarget> {
  const target = await findBadgeTarget(db, { tenantId, targetId });
  if (!target) throw new Fault('not_found', `no target ${targetId}`);
  return target;
}
