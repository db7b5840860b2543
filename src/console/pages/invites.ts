import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { INVITE_STATES } from '../../model/invite.ts';
import { act, fieldOf, fieldsOf } from '../act.ts';
import { Refusal } from '../api.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';
import { textOf } from './runs.ts';

export const CHANNELS = ['email', 'sms', 'print'];
export type Offer = { id: string; name: string; entities: string[]; access: string[] };
export type Invite = {
  id: string;
  personId: string;
  targetId: string;
  connectionId: string;
  userName: string;
  channel: string;
  state: string;
  confirmed: boolean;
  sentAt: string | null;
  expiresAt: string | null;
  lastAnswer: string | null;
};
type Ready = {
  id: string;
  userName: string;
  email: string | null;
  displayName: string | null;
  connection: { id: string; name: string; state: string };
  targetIds: string[];
  dueAt: string | null;
};
type Connections = { connections: { id: string; name: string; state: string }[] };
type Result = { person: string; userName?: string; result: string; detail?: string };

const PAGE = 100;
/** As many reasons as one sentence can hold; the rest is counted. */
const MOST_REASONS = 10;

/** Who is ready to be invited (S58–S61), and what became of the invites. */
export function invitesPages(): Router {
  const router = Router();
  router.get('/', showReady);
  router.post(
    '/',
    act(async (req, visit) => {
      const people = fieldsOf(req, fieldOf(req, 'which') === 'page' ? 'shown' : 'person');
      if (people.length === 0) throw new Refusal({ status: 422, detail: visit.say('invites.nobodyChosen') });
      const wish = Object.fromEntries(
        ['targetId', 'entity', 'access', 'channel'].map((name) => [name, fieldOf(req, name)]),
      );
      const { results } = await visit.api.send<{ results: Result[] }>('POST', '/invites/batch', { people, ...wish });
      return { to: `${visit.base}/invites`, told: toldOf(results, visit) };
    }),
  );
  router.get('/ready.csv', async (req, res) => {
    const wish = { state: 'staged', connection: textOf(req, 'connection') };
    const { type, body } = await visitIn(res).api.stream('/people', 'text/csv', wish);
    res.type(type).attachment('ready-to-invite.csv');
    await pipeline(body, res);
  });
  router.get('/sent', showSent);
  router.get('/sent.csv', async (req, res) => {
    const { type, body } = await visitIn(res).api.stream('/invites', 'text/csv', wishOf(req));
    res.type(type).attachment('invites.csv');
    await pipeline(body, res);
  });
  return router;
}

async function showReady(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const { api, base, say } = visit;
  const wish = { connection: textOf(req, 'connection') };
  const [{ people }, { targets }, { connections }] = await Promise.all([
    api.get<{ people: Ready[] }>('/people', { state: 'staged', ...wish, after: textOf(req, 'after'), limit: PAGE }),
    api.get<{ targets: Offer[] }>('/invites/offers'),
    api.get<Connections>('/connections'),
  ]);
  const open = targets.filter(({ id }) => people.some(({ targetIds }) => targetIds.includes(id)));
  const view = {
    people: people.map((one) => ({
      ...one,
      targets: one.targetIds.map((id) => targets.find((target) => target.id === id)?.name ?? ''),
      canBe: one.connection.state === 'enabled',
    })),
    wish,
    connections,
    targets: open,
    mustChoose: open.length > 0 && open.every(({ entities }) => entities.length > 1),
    channels: CHANNELS,
    place: 'ready',
    csv: linkTo(`${base}/invites/ready.csv`, wish),
    next: people.length < PAGE ? null : linkTo(`${base}/invites`, { ...wish, after: people.at(-1)?.id }),
    previous: null,
  };
  sendPage(req, res, { template: 'invites', title: say('invites.title'), part: 'invites', view });
}

async function showSent(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const { api, base, say } = visit;
  const wish = wishOf(req);
  const [{ invites }, { targets }, { connections }] = await Promise.all([
    api.get<{ invites: Invite[] }>('/invites', { ...wish, after: textOf(req, 'after'), limit: PAGE }),
    api.get<{ targets: Offer[] }>('/invites/offers'),
    api.get<Connections>('/connections'),
  ]);
  const view = {
    invites: invites.map((one) => ({ ...one, target: targets.find(({ id }) => id === one.targetId)?.name ?? '' })),
    wish,
    states: INVITE_STATES,
    channels: CHANNELS,
    connections,
    place: 'sent',
    csv: linkTo(`${base}/invites/sent.csv`, wish),
    next: invites.length < PAGE ? null : linkTo(`${base}/invites/sent`, { ...wish, after: invites.at(-1)?.id }),
    previous: null,
  };
  sendPage(req, res, { template: 'invites-sent', title: say('invites.sent'), part: 'invites', view });
}

function wishOf(req: Request) {
  return {
    state: INVITE_STATES.find((state) => state === req.query['state']),
    connection: textOf(req, 'connection'),
    channel: CHANNELS.find((channel) => channel === req.query['channel']),
  };
}

/** What became of a batch, in one sentence for each kind; who could not be invited is named with the reason. */
function toldOf(results: readonly Result[], { say }: Visit): string {
  const of = (kind: string) => results.filter(({ result }) => result === kind);
  const told = (['inviting', 'again', 'accepted'] as const)
    .filter((kind) => of(kind).length > 0)
    .map((kind) => say(`invites.done.${kind}`, { count: of(kind).length }));
  const refused = of('refused');
  if (refused.length > 0) {
    const reasons = refused.slice(0, MOST_REASONS).map(({ detail = '' }) => detail);
    told.push(say('invites.done.refused', { count: refused.length, reasons: [...new Set(reasons)].join('; ') }));
  }
  return told.join(' ');
}

function linkTo(path: string, wish: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(wish).filter((one): one is [string, string] => one[1] !== undefined);
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}
