import { type Request, Router } from 'express';
import { act } from '../act.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';
import type { Run } from './runs.ts';

type Plan = {
  id: string;
  state: string;
  counts: Record<string, number>;
  items: { personId: string; userName: string; before: string; after: string }[];
  reasons: string[];
  createdAt: string;
};

/** Taking a run back: what that would do is looked at as a plan before anything is done (docs/plans.md). */
export function runUndoPages(): Router {
  const router = Router();
  router.post(
    '/:id/undo',
    act(async (req, visit) => {
      const change = { kind: 'undo', runId: req.params['id'] };
      const { id } = await visit.api.send<Plan>('POST', '/plans', { change });
      return { to: `${runOf(req, visit)}/undo/${id}` };
    }),
  );
  router.get('/:id/undo/:plan', async (req, res) => {
    const visit = visitIn(res);
    const [run, plan] = await Promise.all([
      visit.api.get<Run>(`/runs/${req.params.id}`),
      visit.api.get<Plan>(`/plans/${req.params.plan}`),
    ]);
    const total = Object.values(plan.counts).reduce((sum, count) => sum + count, 0);
    const open = plan.state === 'open' || plan.state === 'approved';
    const view = { run, plan, total, open, here: `${runOf(req, visit)}/undo/${plan.id}`, back: runOf(req, visit) };
    sendPage(req, res, { template: 'run-undo', title: visit.say('run.undo.title'), part: 'runs', view });
  });
  router.post(
    '/:id/undo/:plan/apply',
    act(async (req, visit) => {
      const { connection } = await visit.api.get<Run>(`/runs/${req.params['id']}`);
      await visit.api.send('POST', `/plans/${req.params['plan']}/apply`);
      const wish = { connection: connection.id, kind: 'undo', limit: 1 };
      const { runs } = await visit.api.get<{ runs: Run[] }>('/runs', wish);
      return { to: `${visit.base}/runs/${runs[0]?.id ?? ''}`, told: visit.say('run.done.undo') };
    }),
  );
  router.post(
    '/:id/undo/:plan/discard',
    act(async (req, visit) => {
      await visit.api.send('POST', `/plans/${req.params['plan']}/discard`);
      return { to: runOf(req, visit), told: visit.say('run.done.kept') };
    }),
  );
  return router;
}

function runOf(req: Request, { base }: Visit): string {
  return `${base}/runs/${encodeURIComponent(String(req.params['id']))}`;
}
