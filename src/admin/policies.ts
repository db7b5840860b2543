import { Router } from 'express';
import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { readPolicies, readTenantPolicy } from '../directory/policies.ts';
import { effectivePolicy, type PolicyDocument } from '../model/policy-layers.ts';
import { actorNow } from '../report/actor.ts';
import { knownId } from './input.ts';
import {
  asDocument,
  changePolicy,
  changeTenantPolicy,
  demandAlone,
  tenantWidenedBy,
  widenedBy,
} from './plans/policy.ts';

import { FIELD_WORDS, policyDocument } from './policy-document.ts';
import { previewPolicy } from './policy-preview.ts';
import type { TargetMaker } from './targets.ts';

type Options = TargetMaker & { changed: () => void };

/** A connection's policy: what holds and where it comes from, what a change would do, and the change. */
export function connectionPolicyRoutes(options: Options): Router {
  const { db, changed } = options;
  const router = Router();
  router.param('id', knownId('connection'));
  router.get('/:id/policy', async (req, res) => {
    res.json(await shown(db, res.locals['tenantId'], req.params.id));
  });
  router.put('/:id/policy', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    const policy = parse(req.body);
    await inTransaction(db, async (trx) => {
      demandAlone(await widenedBy(trx, tenantId, id, { connection: policy }));
      await changePolicy(trx, { tenantId, connectionId: id, policy, actor: actorNow() });
    });
    changed();
    res.json(await shown(db, tenantId, id));
  });
  // who would change, without doing it
  router.post('/:id/policy/preview', async (req, res) => {
    res.json(await previewPolicy(options, res.locals['tenantId'], req.params.id, { connection: parse(req.body) }));
  });
  return router;
}

/** The tenant's own defaults, for all its connections. */
export function tenantPolicyRoutes({ db, changed }: Options): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    res.json({ set: await readTenantPolicy(db, res.locals['tenantId']), fields: FIELD_WORDS });
  });
  router.put('/', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const policy = parse(req.body);
    await inTransaction(db, async (trx) => {
      demandAlone(await tenantWidenedBy(trx, tenantId, policy));
      await changeTenantPolicy(trx, { tenantId, policy, actor: actorNow() });
    });
    changed();
    res.json({ set: policy, fields: FIELD_WORDS });
  });
  return router;
}

async function shown(db: Knex, tenantId: string, id: string) {
  const { tenant, connection } = await readPolicies(db, tenantId, id);
  return { ...effectivePolicy(tenant, connection), set: connection, tenant, fields: FIELD_WORDS };
}

function parse(body: unknown): PolicyDocument {
  return asDocument(policyDocument.parse(body));
}
