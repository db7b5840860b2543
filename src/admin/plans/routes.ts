import { Router } from 'express';
import { z } from 'zod';
import { inTransaction } from '../../database/transaction.ts';
import {
  approvePlan,
  closePlan,
  listPlans,
  lockOpenPlan,
  readPlan,
  type StoredPlan,
  savePlan,
} from '../../deliver/plans.ts';
import { Fault } from '../../errors.ts';
import { record } from '../../report/audit.ts';
import { demandRight } from '../authorise.ts';
import { knownId, name } from '../input.ts';
import type { TargetMaker } from '../targets.ts';
import { lookAtChange, planKindOf, readChange } from './look.ts';
import { needOfPlan } from './rights.ts';

type Options = TargetMaker & { changed: () => void };

export const Wish = z.strictObject({ actor: name, change: z.unknown() });
// the key is the installation's, so who decides gives a name
export const Decision = z.strictObject({ actor: name });

export const Query = z.object({
  before: z.uuid().nullable().default(null),
  limit: z.coerce.number().int().min(1).max(200).default(200),
  open: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});

/** Changes as objects: looked at, approved, applied unchanged or refused because the world has moved. */
export function planRoutes(options: Options): Router {
  const { db } = options;
  const router = Router();
  router.param('id', knownId('plan'));

  router.get('/', async (req, res) => {
    const wish = Query.parse(req.query);
    const plans = await listPlans(db, res.locals['tenantId'], wish);
    res.json({ plans, next: plans.length === wish.limit ? (plans.at(-1)?.id ?? null) : null });
  });
  router.get('/:id', async (req, res) => {
    res.json(await readPlan(db, res.locals['tenantId'], req.params.id));
  });
  router.post('/', async (req, res) => {
    const { actor, change: wish } = Wish.parse(req.body);
    const wanted = { ...readChange(wish), actor };
    demandRight(res, needOfPlan(wanted.kind));
    const looked = await lookAtChange(options, res.locals['tenantId'], wanted);
    const { kind, change } = wanted;
    res.status(201).json(await savePlan(db, res.locals['tenantId'], { ...looked, kind, change, createdBy: actor }));
  });
  for (const decision of ['approve', 'discard', 'apply'] as const) {
    router.post(`/:id/${decision}`, async (req, res) => {
      const { actor } = Decision.parse(req.body);
      const id = String(req.params['id']); // the path has it
      demandRight(res, needOfPlan((await readPlan(db, res.locals['tenantId'], id)).kind));
      res.json(await DECIDE[decision](options, res.locals['tenantId'], id, actor));
    });
  }
  return router;
}

type Decide = (options: Options, tenantId: string, id: string, actor: string) => Promise<StoredPlan>;

const DECIDE: Record<'approve' | 'discard' | 'apply', Decide> = {
  approve: ({ db }, tenantId, id, actor) =>
    inTransaction(db, async (trx) => {
      const approved = await approvePlan(trx, tenantId, await lockOpenPlan(trx, tenantId, id), actor);
      await record(trx, { tenantId, action: 'plan.approve', subject: id, detail: {}, actor });
      return approved;
    }),
  discard: ({ db }, tenantId, id, actor) =>
    inTransaction(db, async (trx) => {
      await lockOpenPlan(trx, tenantId, id);
      await record(trx, { tenantId, action: 'plan.discard', subject: id, detail: {}, actor });
      return closePlan(trx, tenantId, id, { state: 'discarded', actor });
    }),
  apply,
};

/**
 * Looks once more and makes the change if it would do what was looked at; else `plan_outdated`. The look may ask targets,
 * so it comes before the transaction; what moves after it is what any change of that moment would meet.
 */
async function apply(options: Options, tenantId: string, id: string, actor: string): Promise<StoredPlan> {
  const { kind, change, hash } = await readPlan(options.db, tenantId, id);
  const now = await lookAtChange(options, tenantId, { kind, change, actor });
  const applied = await inTransaction(options.db, async (trx) => {
    const plan = await lockOpenPlan(trx, tenantId, id);
    if (plan.reasons.length > 0 && plan.state !== 'approved') {
      throw new Fault('needs_second_person', `${plan.reasons.join('; ')}: somebody else must approve plan ${id} first`);
    }
    // a policy that somebody tightened meanwhile makes more of the same change
    const sameReasons = now.reasons.join() === plan.reasons.join();
    if (now.hash !== hash || !sameReasons) throw outdated(plan, now.counts);
    await planKindOf(kind).apply(trx, { tenantId, change, actor });
    await record(trx, { tenantId, action: 'plan.apply', subject: id, detail: { kind, counts: plan.counts }, actor });
    return closePlan(trx, tenantId, id, { state: 'applied', actor });
  });
  options.changed();
  return applied;
}

function outdated({ id, counts }: StoredPlan, now: Record<string, number>): Fault {
  const words = (one: Record<string, number>) =>
    Object.entries(one)
      .map(([outcome, count]) => `${outcome} ${count}`)
      .join(', ') || 'nothing';
  const moved = `it would do something else by now (then: ${words(counts)}; now: ${words(now)})`;
  return new Fault('plan_outdated', `plan ${id} was not applied: ${moved}. Make a new plan and look at it`);
}
