import { pipeline } from 'node:stream/promises';
import { type Request, Router } from 'express';
import { PERSON_STATES } from '../../model/person-state.ts';
import { FOR_HUMANS } from '../../plan/for-humans.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';

export type Standing = { targetId: string; syncState: string; label: string | null };
type Person = {
  id: string;
  userName: string;
  email: string | null;
  displayName: string | null;
  active: boolean;
  absent: boolean;
  deleted: boolean;
  modifiedAt: string;
  connection: { id: string; name: string };
  targets: Standing[];
};
type List = { people: Person[]; next?: string | null; previous?: string | null };
type Waiting = { id: string; userName: string; reason: string; words: string; target?: { name: string } };

const PAGE = 50;

/** Lists of people: searched and narrowed, those who wait for a decision, and those whose account was edited. */
export function peoplePages(): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const visit = visitIn(res);
    const wish = wishOf(req);
    const [list, connections] = await Promise.all([
      visit.api.get<List>('/people', { ...wish, cursor: textOf(req, 'cursor'), limit: PAGE }),
      visit.api.get<{ connections: { id: string; name: string }[] }>('/connections'),
    ]);
    const to = (cursor: string | null | undefined) => (cursor ? linkTo(visit, { ...wish, cursor }) : null);
    const view = {
      ...list,
      wish,
      states: PERSON_STATES,
      connections: connections.connections,
      next: to(list.next),
      previous: to(list.previous),
      csv: linkTo(visit, wish, '.csv'),
      live: req.get('hx-request') === 'true',
    };
    sendPage(req, res, { template: 'people', title: visit.say('people.title'), part: 'people', view });
  });
  router.get('/waiting', async (req, res) => {
    const visit = visitIn(res);
    const reason = FOR_HUMANS.find((one) => one === req.query['reason']);
    const after = textOf(req, 'after');
    const { people } = await visit.api.get<{ people: Waiting[] }>('/people', {
      state: 'waiting',
      reason,
      after,
      limit: PAGE,
    });
    const next = people.length < PAGE ? null : `${visit.base}/people/waiting?after=${people.at(-1)?.id}`;
    const view = { people, reason, reasons: FOR_HUMANS, next, previous: null };
    sendPage(req, res, { template: 'waiting', title: visit.say('people.waiting'), part: 'people', view });
  });
  router.get('/edited', async (req, res) => {
    const visit = visitIn(res);
    const { people } = await visit.api.get<{ people: { id: string; userName: string; attributes: string[] }[] }>(
      '/people',
      { state: 'edited', after: textOf(req, 'after'), limit: PAGE },
    );
    const next = people.length < PAGE ? null : `${visit.base}/people/edited?after=${people.at(-1)?.id}`;
    const view = { people, next, previous: null };
    sendPage(req, res, { template: 'edited', title: visit.say('people.edited'), part: 'people', view });
  });
  return router;
}

/** The whole of a list as CSV, as it comes. */
export function peopleCsv(): Router {
  const router = Router();
  router.get('/people.csv', async (req, res) => {
    const { type, body } = await visitIn(res).api.stream('/people', 'text/csv', wishOf(req));
    res.type(type).attachment('people.csv');
    await pipeline(body, res);
  });
  return router;
}

function wishOf(req: Request) {
  const [search, state, connection] = ['search', 'state', 'connection'].map((name) => textOf(req, name));
  // a search has an order of its own
  return { search, state, connection, sort: search === undefined ? 'userName' : undefined };
}

function textOf(req: Request, name: string): string | undefined {
  const value = req.query[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function linkTo({ base }: Visit, wish: Readonly<Record<string, string | undefined>>, kind = ''): string {
  const given = Object.entries(wish).filter(
    (one): one is [string, string] => one[1] !== undefined && one[0] !== 'sort',
  );
  return `${base}/people${kind}?${new URLSearchParams(given)}`;
}
