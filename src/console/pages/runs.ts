import { type Request, Router } from 'express';
import { sendPage } from '../page.ts';
import type { Say } from '../say.ts';
import { type Visit, visitIn } from '../visit.ts';

export type Run = {
  id: string;
  kind: string;
  state: string;
  connection: { id: string; name: string };
  target: { id: string; name: string } | null;
  askedBy: string;
  forced: boolean;
  counts: Record<string, number | string>;
  error: string | null;
  startedAt: string;
  finishedAt: string | null;
  roster: {
    fileName: string | null;
    dryRun: boolean;
    hold: boolean;
    format: string | null;
    encoding: string | null;
    ignored: string[] | null;
    missing: string[] | null;
  } | null;
};

export const KINDS = ['roster', 'positions', 'reconcile', 'undo'];
const PAGE = 50;

/** The runs, the newest first, of one connection or one kind; what is under way is followed. */
export function runsPages(): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const visit = visitIn(res);
    const wish = { connection: textOf(req, 'connection'), kind: KINDS.find((kind) => kind === req.query['kind']) };
    const before = textOf(req, 'before');
    const [{ runs }, { connections }] = await Promise.all([
      visit.api.get<{ runs: Run[] }>('/runs', { ...wish, before, limit: PAGE }),
      visit.api.get<{ connections: { id: string; name: string }[] }>('/connections'),
    ]);
    const view = {
      runs: runs.map((run) => ({ ...run, short: inShort(run, visit.say), tone: toneOf(run), words: stateOf(run) })),
      wish,
      kinds: KINDS,
      connections,
      first: before === undefined,
      underWay: runs.some(({ finishedAt }) => finishedAt === null),
      next: runs.length < PAGE ? null : linkTo(visit, { ...wish, before: runs.at(-1)?.id }),
      previous: null,
    };
    sendPage(req, res, { template: 'runs', title: visit.say('runs.title'), part: 'runs', view });
  });
  return router;
}

/** The name of a run's state for people: a roster that was only looked at has changed nothing. */
export function stateOf({ state, roster }: Run): string {
  return state === 'done' && roster?.dryRun ? 'tried' : state;
}

export function toneOf({ state, roster }: Run): string {
  if (state === 'failed') return 'bad';
  if (state === 'held') return 'warn';
  return state === 'done' && !roster?.dryRun ? 'good' : '';
}

/** What a run found, in a line; null where its own error tells it. */
function inShort({ kind, counts, error, finishedAt }: Run, say: Say): string | null {
  if (error !== null || (finishedAt === null && Object.keys(counts).length === 0)) return null;
  const gaps = Object.fromEntries(SHOWN.map((name) => [name, counts[name] ?? 0]));
  if (kind === 'roster') return say('runs.short.roster', gaps);
  if (kind === 'positions') return say('runs.short.positions', gaps);
  if (kind === 'undo') return say('runs.short.undo', gaps);
  return say(Number(counts['marked'] ?? 0) === 0 ? 'runs.short.fine' : 'runs.short.reconcile', gaps);
}

const SHOWN = ['new', 'changed', 'returned', 'missing', 'rejected', 'rows', 'restored', 'differs', 'resurrected'];

/** One field of an address as text. */
export function textOf(req: Request, name: string): string | undefined {
  const value = req.query[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function linkTo({ base }: Visit, wish: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(wish).filter((one): one is [string, string] => one[1] !== undefined);
  return `${base}/runs?${new URLSearchParams(given)}`;
}
