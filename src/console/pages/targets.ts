import { type Request, type Response, Router } from 'express';
import type { TargetKind } from '../../model/target-kind.ts';
import { act, fieldOf } from '../act.ts';
import type { Problem } from '../api.ts';
import { sendPage } from '../page.ts';
import { fieldGroups, freeRows, helpIn, moreLines, secretNames, secretsFrom, settingsFrom } from '../target-form.ts';
import { type Visit, visitIn } from '../visit.ts';

export type Target = {
  id: string;
  name: string;
  kind: string;
  environment: 'live' | 'test';
  settings: Record<string, unknown>;
  downSince: string | null;
};
export type Follower = { id: string; name: string; state: string; targetIds: string[] };

/** The apps that accounts live in: all of them, and a new one. */
export function targetPages(): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const visit = visitIn(res);
    const [{ targets }, { connections }] = await Promise.all([
      visit.api.get<{ targets: Target[] }>('/targets'),
      visit.api.get<{ connections: Follower[] }>('/connections'),
    ]);
    const view = {
      targets: targets.map((target) => ({ ...target, followers: followersOf(target.id, connections) })),
    };
    sendPage(req, res, { template: 'targets', title: visit.say('targets.title'), part: 'targets', view });
  });
  router.get('/new', (req, res) => showNew(req, res));
  router.post(
    '/',
    act(
      async (req, visit) => {
        const kind = await kindOf(visit, fieldOf(req, 'kind'));
        const made = await visit.api.send<Target>('POST', '/targets', wishOf(req, kind));
        return { to: `${visit.base}/targets/${made.id}`, told: visit.say('targets.made', { name: made.name }) };
      },
      (req, res, problem) => showNew(req, res, problem),
    ),
  );
  return router;
}

/** The connections whose people have accounts at a target. */
export function followersOf(id: string, connections: readonly Follower[]): Follower[] {
  return connections.filter(({ targetIds }) => targetIds.includes(id));
}

/** Each kind of target with what it is set up with. */
export async function kindsOf({ api }: Visit): Promise<TargetKind[]> {
  return (await api.get<{ kinds: TargetKind[] }>('/target-kinds')).kinds;
}

async function kindOf(visit: Visit, named: string | undefined): Promise<TargetKind | undefined> {
  return (await kindsOf(visit)).find(({ kind }) => kind === named);
}

/** The kinds to choose from, or the form of the one that was chosen. */
async function showNew(req: Request, res: Response, problem: Problem | null = null): Promise<void> {
  const visit = visitIn(res);
  const kinds = await kindsOf(visit);
  const named = fieldOf(req, 'kind') ?? req.query['kind'];
  const kind = kinds.find((one) => one.kind === named);
  const given = kind ? wishOf(req, kind) : { name: '', environment: visit.tenant.environment, settings: {} };
  const view = {
    kinds,
    kind,
    given: { ...given, environment: given.environment ?? visit.tenant.environment },
    ...(kind && {
      groups: fieldGroups(kind, given.settings),
      more: moreLines(kind, given.settings),
      secrets: secretNames(kind),
      helpOf: helpIn(visit.say, kind),
      rows: freeRows(kind),
    }),
  };
  const page = { template: 'target-new', title: visit.say('targets.new'), part: 'targets', view, problem };
  sendPage(req, res, page, problem?.status ?? 200);
}

function wishOf(req: Request, kind: TargetKind | undefined) {
  const field = (name: string) => fieldOf(req, name);
  return {
    name: field('name') ?? '',
    kind: kind?.kind ?? '',
    environment: field('environment'),
    settings: kind ? settingsFrom(kind, field) : {},
    secrets: kind ? secretsFrom(namesOf(kind), field) : {},
  };
}

function namesOf({ secrets }: TargetKind): string[] {
  return secrets.map(({ name }) => name);
}
