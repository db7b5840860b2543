import { type Request, type Response, Router } from 'express';
import { TECHNICAL_RIGHTS, type TechnicalUser } from '../../model/principal.ts';
import { act, fieldOf, fieldsOf } from '../act.ts';
import type { Problem } from '../api.ts';
import { type Outcome, once } from '../once.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';

type Key = { id: string; prefix: string; createdAt: string; expiresAt: string | null; lastUsedAt: string | null };
type NewKey = { id: string; key: string; ended: string | null };
type Named = { id: string; name: string };

/** One in use and its successor. */
const LIVE_KEYS = 2;

/** Programs that have keys (S36, S37): all of them, and one. */
export function technicalUserPages(): Router {
  const router = Router();
  router.get('/', (req, res) => showAll(req, res));
  router.post(
    '/',
    act(
      async (req, visit) => {
        const made = await visit.api.send<Named>('POST', '/technical-users', wishOf(req));
        return { to: `${visit.base}/settings/technical-users/${made.id}`, told: visit.say('technical.added', made) };
      },
      (req, res, problem) => showAll(req, res, problem),
    ),
  );
  router.get('/:id', (req, res) => showOne(req, res));
  for (const path of ['/:id/keys', '/:id/keys/rotate']) {
    router.get(path, (req, res) => res.redirect(303, `${visitIn(res).base}/settings${pathOf(req)}`));
    const rotate = path.endsWith('rotate') ? '/rotate' : '';
    router.post(
      path,
      once<NewKey>((req, visit) => visit.api.send('POST', `${pathOf(req)}/keys${rotate}`, expiryOf(req)), showOne),
    );
  }
  router.post(
    '/:id/keys/:keyId/revoke',
    act(async (req, visit) => {
      await visit.api.send('DELETE', `${pathOf(req)}/keys/${encodeURIComponent(String(req.params['keyId']))}`);
      return { to: `${visit.base}/settings${pathOf(req)}`, told: visit.say('technical.keyRevoked') };
    }),
  );
  router.post(
    '/:id/revoke',
    act(async (req, visit) => {
      await visit.api.send('DELETE', pathOf(req));
      return { to: `${visit.base}/settings/technical-users`, told: visit.say('technical.revoked') };
    }),
  );
  return router;
}

async function showAll(req: Request, res: Response, problem: Problem | null = null): Promise<void> {
  const visit = visitIn(res);
  const { users, connections } = await usersIn(visit);
  const given = problem ? wishOf(req) : { name: '', email: undefined, rights: [], connectionId: undefined };
  const view = { users, connections, given, rights: TECHNICAL_RIGHTS };
  const title = visit.say('settings.technical-users');
  sendPage(req, res, { template: 'technical-users', title, part: 'settings', view, problem }, problem?.status ?? 200);
}

async function showOne(req: Request, res: Response, { made, problem }: Outcome<NewKey> = {}): Promise<void> {
  const visit = visitIn(res);
  const [{ keys }, { users }] = await Promise.all([
    visit.api.get<{ keys: Key[] }>(`${pathOf(req)}/keys`),
    usersIn(visit),
  ]);
  const user = users.find(({ id }) => id === req.params['id']);
  if (!user) return res.redirect(303, `${visit.base}/settings/technical-users`);
  const live = keys.filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > Date.now());
  const ends = keys.length > 1 ? (keys[0] ?? null) : null; // rotating ends the older of two
  const view = { user, keys, full: live.length >= LIVE_KEYS, ends, made, today: new Date().toISOString().slice(0, 10) };
  const page = { template: 'technical-user', title: user.name, part: 'settings', view, problem: problem ?? null };
  sendPage(req, res, page, problem?.status ?? 200);
}

async function usersIn({ api }: Visit) {
  const [{ technicalUsers }, { connections }] = await Promise.all([
    api.get<{ technicalUsers: TechnicalUser[] }>('/technical-users'),
    api.get<{ connections: Named[] }>('/connections'),
  ]);
  const nameOf = (id: string | null) => connections.find((one) => one.id === id)?.name ?? null;
  return { connections, users: technicalUsers.map((user) => ({ ...user, connection: nameOf(user.connectionId) })) };
}

function wishOf(req: Request) {
  const rights = fieldsOf(req, 'rights');
  // the choice of a connection stands on the page for everybody and counts for rosters alone
  const connectionId = rights.includes('rosters') ? fieldOf(req, 'connectionId') : undefined;
  return { name: fieldOf(req, 'name') ?? '', email: fieldOf(req, 'email'), rights, connectionId };
}

/** A key ends with the day that was chosen, in UTC. */
function expiryOf(req: Request): { expiresAt: string | null } {
  const day = fieldOf(req, 'expiresAt');
  return { expiresAt: day === undefined ? null : `${day}T23:59:59Z` };
}

function pathOf(req: Request): string {
  return `/technical-users/${encodeURIComponent(String(req.params['id']))}`;
}
