import { type Request, type Response, Router } from 'express';
import { act, type Done } from '../act.ts';
import { sendPage } from '../page.ts';
import { sayNamed } from '../say.ts';
import { type Visit, visitIn } from '../visit.ts';
import { planDocument } from './plan-document.ts';

type Change = { kind: string; connectionId?: string } & Record<string, unknown>;
export type Plan = {
  id: string;
  kind: string;
  change: Change;
  counts: Record<string, number>;
  items: { personId: string; userName: string; targetId: string; before: string; after: string }[];
  reasons: string[];
  state: 'open' | 'approved' | 'applied' | 'discarded' | 'expired';
  createdBy: string;
  createdAt: string;
  expiresAt: string;
  approvedBy: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
};

const PAGE = 50;
const BOTH: readonly string[] = ['enable', 'disconnect'];
const ABOUT_RULES: readonly string[] = ['policy', 'tenant-policy', 'mapping'];

/** Changes that were looked at and not made yet: what each would do, and the decision. */
export function planPages(): Router {
  const router = Router();
  router.get('/', showPlans);
  router.get('/:id', showPlan);
  for (const decision of ['approve', 'apply', 'discard'] as const) {
    router.post(
      `/:id/${decision}`,
      act(async (req, visit) => {
        const plan = await visit.api.send<Plan>('POST', `${pathOf(req)}/${decision}`, {
          actor: visit.operator,
        });
        const to = decision === 'approve' ? `${visit.base}/plans/${plan.id}` : placeOf(plan, visit);
        return { to, told: visit.say(`plans.done.${decision}`) };
      }),
    );
  }
  return router;
}

/** Looks at a change: the plan is where it is seen what it would do, and where it is made or waits for somebody else. */
export async function makePlan({ api, operator, base }: Visit, change: Change): Promise<Done> {
  const { id } = await api.send<Plan>('POST', '/plans', { actor: operator, change });
  return { to: `${base}/plans/${id}` };
}

/** The document of the plan that a form was opened with, so that nothing is typed twice; undefined without one. */
export async function plannedIn<Document>(req: Request, { api }: Visit, name: string): Promise<Document | undefined> {
  const id = req.query['plan'];
  if (typeof id !== 'string') return undefined;
  const { change } = await api.get<Plan>(`/plans/${encodeURIComponent(id)}`);
  const isOfThisPage = change.connectionId === req.params['id']; // the tenant's own page and its plans name none
  return isOfThisPage ? (change[name] as Document | undefined) : undefined;
}

async function showPlans(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const all = req.query['all'] === 'true';
  const before = typeof req.query['before'] === 'string' ? req.query['before'] : undefined;
  const [{ plans, next }, { connections }] = await Promise.all([
    visit.api.get<{ plans: Plan[]; next: string | null }>('/plans', { open: !all, before, limit: PAGE }),
    visit.api.get<{ connections: { id: string; name: string }[] }>('/connections'),
  ]);
  const here = `${visit.base}/plans`;
  const view = {
    plans: plans.map((plan) => ({ ...plan, title: titleOf(plan, visit, nameIn(connections, plan)) })),
    all,
    previous: before === undefined ? null : `${here}?all=${all}`,
    next: next && `${here}?all=${all}&before=${next}`,
  };
  sendPage(req, res, { template: 'plans', title: visit.say('plans.title'), part: 'plans', view });
}

async function showPlan(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const plan = await visit.api.get<Plan>(pathOf(req));
  const [{ connections }, { targets }, document] = await Promise.all([
    visit.api.get<{ connections: { id: string; name: string }[] }>('/connections'),
    visit.api.get<{ targets: { id: string; name: string }[] }>('/home'), // names, for whoever may see no targets
    planDocument(visit, plan),
  ]);
  const name = nameIn(connections, plan) ?? '';
  const view = {
    plan: { ...plan, items: plan.items.map((item) => ({ ...item, target: nameOf(targets, item.targetId) })) },
    connection: plan.change.connectionId ? { id: plan.change.connectionId, name } : null,
    outcomes: outcomesOf(plan, visit),
    total: Object.values(plan.counts).reduce((sum, count) => sum + count, 0),
    document,
    address: `${req.protocol}://${req.get('host')}${visit.base}/plans/${plan.id}`,
    back: `${placeOf(plan, visit)}?plan=${plan.id}`,
    ...decisionsOn(plan, visit),
  };
  sendPage(req, res, { template: 'plan', title: titleOf(plan, visit, name), part: 'plans', view });
}

/**
 * What this operator may do with a plan.
 *
 *   state      reasons for two people   who looks     approve   apply
 *   open       none                     anybody       -         yes
 *   open       some                     who made it   -         -, waits for somebody else
 *   open       some                     another       yes       -
 *   approved   any                      anybody       -         yes
 *   otherwise  any                      anybody       -         -
 */
function decisionsOn({ kind, state, reasons, createdBy }: Plan, { may, operator }: Visit) {
  const rules = ABOUT_RULES.includes(kind);
  const allowed = BOTH.includes(kind) ? may('people') && may('integrations') : may(rules ? 'integrations' : 'people');
  const open = state === 'open' || state === 'approved';
  const waits = state === 'open' && reasons.length > 0;
  const own = createdBy.trim().toLowerCase() === operator.trim().toLowerCase();
  return {
    open,
    waits,
    own,
    allowed,
    approvable: allowed && waits && !own,
    applicable: allowed && open && !waits,
    dangerous: reasons.length > 0 || kind === 'disconnect',
  };
}

/** How many end in what; an outcome of several parts is said part by part. */
function outcomesOf({ counts }: Plan, { say }: Visit) {
  return Object.entries(counts).map(([outcome, count]) => {
    const parts = outcome.split(' and ').map((part) => sayNamed(say, 'outcome', part));
    return { words: parts.join(' + '), count };
  });
}

function titleOf({ kind }: Plan, { say }: Visit, name: string | null): string {
  return sayNamed(say, 'plans.of', kind).replace('{name}', () => name ?? '');
}

function pathOf(req: Request): string {
  return `/plans/${encodeURIComponent(String(req.params['id']))}`;
}

function placeOf({ id, kind, change }: Plan, { base }: Visit): string {
  if (kind === 'tenant-policy') return `${base}/settings/policy`;
  if (ABOUT_RULES.includes(kind)) return `${base}/connections/${change.connectionId}/${kind}`;
  return `${base}/plans/${id}`;
}

function nameIn(connections: readonly { id: string; name: string }[], { change }: Plan): string | null {
  return connections.find(({ id }) => id === change.connectionId)?.name ?? null;
}

function nameOf(targets: readonly { id: string; name: string }[], id: string): string {
  return targets.find((one) => one.id === id)?.name ?? '';
}
