import { type Request, type Response, Router } from 'express';
import type { Explained } from '../../plan/mapping-explain.ts';
import { act, fieldOf } from '../act.ts';
import { flat } from '../flat.ts';
import { sendPage } from '../page.ts';
import type { Say } from '../say.ts';
import { sayNamed } from '../say.ts';
import { type Visit, visitIn } from '../visit.ts';
import type { Standing } from './people.ts';

type Named = { id: string; name: string };
type Person = {
  id: string;
  userName: string;
  active: boolean;
  deleted: boolean;
  absent: boolean;
  said: Record<string, unknown>;
  groups: string[];
  modifiedAt: string;
  connection: Named & { state: string };
  links: { targetId: string; remoteId: string | null; state: string; origin: string }[];
  work: { targetId: string; state: string; attempts: number; nextAt: string; lastError: string | null }[];
  targets: Standing[];
};
type Happened = { kind: string; at: string; what: string; targetId: string | null; words: string | null };
type Timeline = { events: Happened[]; next: { before: string; seen: number } | null };
type AtTarget = {
  targetId: string;
  name: string;
  actual: { remoteId: string; status: string; email: string; groups: string[] } | null;
  actions: string[];
  waiting: string | null;
  found: { remoteId: string; email: string }[];
  mapped: Explained | null;
  problem: string | null;
};

const EVENTS = 50;

/** One person: what the source says, how each account stands and why, what happened, and what can be done about it. */
export function personPages(): Router {
  const router = Router();
  router.get('/:id', showPerson);
  // asks the targets themselves, so it comes after the page
  router.get('/:id/now', async (req, res) => {
    const visit = visitIn(res);
    const id = String(req.params['id']);
    const { targets } = await visit.api.get<{ targets: AtTarget[] }>(`/people/${id}/plan`);
    sendPage(req, res, {
      template: 'person-now',
      title: visit.say('person.now'),
      part: 'people',
      view: { targets, id },
    });
  });
  for (const what of ['sync', 'recover', 'follow', 'invite', 'adopt'] as const) {
    router.post(
      `/:id/${what}`,
      act(async (req, visit) => {
        const body = what === 'adopt' ? { remoteId: fieldOf(req, 'remoteId'), targetId: fieldOf(req, 'targetId') } : {};
        await visit.api.send('POST', `/people/${req.params['id']}/${what}`, body);
        return { to: pageOf(req, visit), told: visit.say(`person.done.${what}`) };
      }),
    );
  }
  router.post(
    '/:id/memberships',
    act(async (req, visit) => changeMembership(req, visit, 'POST')),
  );
  router.post(
    '/:id/memberships/remove',
    act(async (req, visit) => changeMembership(req, visit, 'DELETE')),
  );
  return router;
}

async function showPerson(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const { api, say } = visit;
  const path = `/people/${req.params['id']}`;
  const [before, seen] = [req.query['before'], req.query['seen']].map((one) =>
    typeof one === 'string' ? one : undefined,
  );
  const [person, timeline, { memberships }, { targets }] = await Promise.all([
    api.get<Person>(path),
    api.get<Timeline>(`${path}/timeline`, { before, seen, limit: EVENTS }),
    api.get<{ memberships: { target: Named; group: string; owner: string }[] }>(`${path}/memberships`),
    api.get<{ targets: Named[] }>('/home'), // names, for whoever may see people and no targets
  ]);
  const nameOf = (id: string | null) => targets.find((one) => one.id === id)?.name ?? '';
  const view = {
    person,
    accounts: person.targets.map((standing) => ({
      standing,
      name: nameOf(standing.targetId),
      link: person.links.find(({ targetId }) => targetId === standing.targetId) ?? null,
      work: person.work.find(({ targetId }) => targetId === standing.targetId) ?? null,
    })),
    said: Object.entries(flat(person.said)),
    memberships,
    events: timeline.events.map((event) => ({ ...event, target: nameOf(event.targetId), title: titleOf(event, say) })),
    next:
      timeline.next && `?${new URLSearchParams({ before: timeline.next.before, seen: String(timeline.next.seen) })}`,
    previous: null,
    continued: before !== undefined,
    allowed: visit.may('people'),
  };
  sendPage(req, res, { template: 'person', title: titled(person), part: 'people', view });
}

async function changeMembership(req: Request, visit: Visit, method: 'POST' | 'DELETE') {
  const wish = { group: fieldOf(req, 'group') ?? '', targetId: fieldOf(req, 'targetId') };
  const path = `/people/${req.params['id']}/memberships`;
  if (method === 'POST') await visit.api.send('POST', path, wish);
  else await visit.api.send('DELETE', path, undefined, wish);
  return { to: pageOf(req, visit), told: visit.say(method === 'POST' ? 'person.done.grant' : 'person.done.revoke') };
}

function pageOf(req: Request, { base }: Visit): string {
  return `${base}/people/${encodeURIComponent(String(req.params['id']))}`;
}

function titled({ said, userName }: Person): string {
  const { givenName, familyName } = (said['name'] ?? {}) as Record<string, unknown>;
  const name = said['displayName'] ?? [givenName, familyName].filter(Boolean).join(' ');
  return typeof name === 'string' && name !== '' ? name : userName;
}

function titleOf({ kind, what, words }: Happened, say: Say): string {
  if (kind === 'action')
    return sayNamed(say, 'action', what) + (words?.startsWith('add to') ? `: ${words.slice(13)}` : '');
  return sayNamed(say, kind, what);
}
