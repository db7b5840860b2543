import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { act, fieldOf, fieldsOf } from '../act.ts';
import { Refusal } from '../api.ts';
import { sendPage } from '../page.ts';
import type { Say } from '../say.ts';
import { type Visit, visitIn } from '../visit.ts';
import { textOf } from './runs.ts';

type Hold = {
  id: string;
  state: string;
  numbers: { counter: 'access' | 'email'; window: 'hour' | 'day'; people: number; active: number; limit: number };
  needsTwo: boolean;
  target: { id: string; name: string };
  connection: { id: string; name: string };
  people: { held: number; released: number; discarded: number; done: number; left: number; approved: number };
  createdAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
};
type Member = {
  id: string;
  userName: string;
  state: string;
  source: string;
  account: { state: string; email: string | null; groups: string[] } | null;
  losses: string[];
  approvedBy: string | null;
  decidedBy: string | null;
};
type Decided = { decided: number; awaitSecond: number };

const PAGE = 100;

/** Losses of access that wait for somebody: what would happen to whom, and the decision. */
export function holdsPages(): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const visit = visitIn(res);
    const { holds } = await visit.api.get<{ holds: Hold[] }>('/holds');
    const view = { holds: holds.map((hold) => ({ ...hold, reason: reasonOf(hold, visit.say) })) };
    sendPage(req, res, { template: 'holds', title: visit.say('holds.title'), part: 'holds', view });
  });
  router.get('/:id', showHold);
  router.get('/:id/people.csv', async (req, res) => {
    const { type, body } = await visitIn(res).api.stream(`/holds/${req.params.id}`, 'text/csv');
    res.type(type).attachment(`hold-${req.params.id}.csv`);
    await pipeline(body, res);
  });
  for (const decision of ['release', 'discard'] as const) {
    router.post(
      `/:id/${decision}`,
      act(async (req, visit) => {
        const path = `/holds/${req.params['id']}/${decision}`;
        const decided = await visit.api.send<Decided>('POST', path, chosenIn(req, visit.say));
        return { to: pageOf(req, visit), told: toldOf(decision, decided, visit) };
      }),
    );
  }
  return router;
}

async function showHold(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const { say, language } = visit;
  const path = `/holds/${req.params['id']}`;
  const decided = req.query['state'] === 'decided';
  const page = { state: decided ? 'decided' : 'held', after: textOf(req, 'after'), limit: PAGE };
  const { members, ...hold } = await visit.api.get<Hold & { members: Member[] }>(path, page);
  const here = `${visit.base}${path}`;
  const both = new Intl.ListFormat(language, { type: 'conjunction' });
  const view = {
    hold,
    here,
    decided,
    reason: reasonOf(hold, say),
    members: members.map((one) => ({ ...one, losses: one.losses.map((loss) => lossIn(loss, say)) })),
    others: hold.people.released + hold.people.discarded + hold.people.done + hold.people.left,
    agreed: both.format(new Set(members.flatMap(({ approvedBy }) => approvedBy ?? []))),
    next: members.length < PAGE ? null : `${here}?state=${page.state}&after=${members.at(-1)?.id}`,
    previous: null,
    continued: page.after !== undefined,
    whole: page.after === undefined && members.length < PAGE,
    decides: hold.state === 'held' && !decided && visit.may('people'),
  };
  const title = say('hold.title', { connection: hold.connection.name, target: hold.target.name });
  sendPage(req, res, { template: 'hold', title, part: 'holds', view });
}

/**
 * The people who were ticked. Where all are meant, those whom the page showed, so that nobody is meant who joined the hold
 * since; nobody by name where it could show a part of them only.
 */
function chosenIn(req: Request, say: Say): { people?: string[] } {
  const all = fieldOf(req, 'which') === 'all';
  const people = fieldsOf(req, all ? 'shown' : 'person');
  if (all && people.length === 0) return {};
  if (people.length === 0) throw new Refusal({ status: 422, detail: say('hold.nobodyChosen') });
  return { people };
}

function toldOf(decision: 'release' | 'discard', { decided, awaitSecond }: Decided, { say, operator }: Visit): string {
  const told: string[] = [];
  if (decision === 'discard') told.push(say('hold.done.discard', { count: decided }));
  else if (decided > 0) told.push(say('hold.done.release', { count: decided }));
  if (awaitSecond > 0) told.push(say('hold.done.agreed', { count: awaitSecond, name: operator }));
  return told.join(' ');
}

/** A hold's numbers as one sentence. */
function reasonOf({ numbers: { counter, window, ...numbers } }: Hold, say: Say): string {
  return say(`hold.reason.${counter}.${window}`, numbers);
}

/** What would be lost, in words; what nobody has words for stays as it is. */
function lossIn(loss: string, say: Say): string {
  const [kind = '', ...more] = loss.split(' ');
  const what = more.join(' ');
  if (kind === 'revoke') return say('loss.revoke', { group: what });
  if (kind === 'e-mail') return say('loss.email', { email: what });
  if (kind === 'suspend' || kind === 'erase' || kind === 'anonymise') return say(`loss.${kind}`);
  return loss;
}

function pageOf(req: Request, { base }: Visit): string {
  return `${base}/holds/${encodeURIComponent(String(req.params['id']))}`;
}
