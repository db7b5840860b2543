import { type Request, type Response, Router } from 'express';
import { type Operator, RIGHTS, type Right } from '../../model/principal.ts';
import { act, fieldOf, fieldsOf } from '../act.ts';
import type { Problem } from '../api.ts';
import { type Outcome, once } from '../once.ts';
import { sendPage } from '../page.ts';
import { visitIn } from '../visit.ts';

type InTenant = Operator & { rights: Right[] };
type Session = { id: string; startedAt: string; endsAt: string; address: string; browser: string };

/** Who signs in: all of them, and one. */
export function operatorPages(): Router {
  const router = Router();
  router.get('/', (req, res) => showAll(req, res));
  router.post(
    '/',
    act(
      async (req, visit) => {
        const made = await visit.api.send<Operator>('POST', '/operators', wishOf(req));
        return {
          to: `${visit.base}/settings/operators/${made.id}`,
          told: visit.say('operators.added', { name: made.name }),
        };
      },
      (req, res, problem) => showAll(req, res, problem),
    ),
  );
  router.get('/:id', (req, res) => showOne(req, res));
  router.get('/:id/link', (req, res) => res.redirect(303, pageOf(req, res)));
  router.post(
    '/:id/link',
    once<{ url: string }>(
      (req, visit) =>
        visit.api.send('POST', `${pathOf(req)}/link`, { resetCode: fieldOf(req, 'resetCode') !== undefined }),
      showOne,
    ),
  );
  for (const [what, work] of Object.entries(ACTS)) {
    router.post(
      `/:id/${what}`,
      act(async (req, visit) => {
        await visit.api.send(work.method, pathOf(req) + work.path, work.body?.(req));
        const list = `${visit.base}/settings/operators`;
        const to = what === 'remove' ? list : `${list}/${req.params['id']}`;
        return { to, told: visit.say(work.told) };
      }),
    );
  }
  return router;
}

const ACTS = {
  role: {
    method: 'PUT',
    path: '/role',
    body: (req: Request) => ({ rights: fieldsOf(req, 'rights') }),
    told: 'operators.changed',
  },
  'sign-out': { method: 'DELETE', path: '/sessions', body: undefined, told: 'operators.signedOut' },
  remove: { method: 'DELETE', path: '', body: undefined, told: 'operators.removed' },
} as const;

async function showAll(req: Request, res: Response, problem: Problem | null = null): Promise<void> {
  const visit = visitIn(res);
  const { operators } = await visit.api.get<{ operators: InTenant[] }>('/operators');
  const given = problem ? wishOf(req) : { name: '', email: undefined, language: visit.language, rights: [] };
  const view = { operators, given, rights: RIGHTS };
  const title = visit.say('settings.operators');
  sendPage(req, res, { template: 'operators', title, part: 'settings', view, problem }, problem?.status ?? 200);
}

async function showOne(req: Request, res: Response, outcome: Outcome<{ url: string }> = {}): Promise<void> {
  const visit = visitIn(res);
  const id = String(req.params['id']);
  const [{ operators }, { sessions }] = await Promise.all([
    visit.api.get<{ operators: InTenant[] }>('/operators'),
    visit.api.get<{ sessions: Session[] }>(`${pathOf(req)}/sessions`),
  ]);
  const operator = operators.find((one) => one.id === id || one.name === id);
  if (!operator) return res.redirect(303, `${visit.base}/settings/operators`);
  const { made, problem = null } = outcome;
  const view = { shown: operator, sessions, rights: RIGHTS, self: operator.name === visit.operator, url: made?.url };
  const page = { template: 'operator', title: operator.name, part: 'settings', view, problem };
  sendPage(req, res, page, problem?.status ?? 200);
}

function wishOf(req: Request) {
  return {
    name: fieldOf(req, 'name') ?? '',
    email: fieldOf(req, 'email'),
    language: fieldOf(req, 'language'),
    rights: fieldsOf(req, 'rights'),
  };
}

function pageOf(req: Request, res: Response): string {
  return `${visitIn(res).base}/settings${pathOf(req)}`;
}

function pathOf(req: Request): string {
  return `/operators/${encodeURIComponent(String(req.params['id']))}`;
}
