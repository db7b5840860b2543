import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { act } from '../act.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';
import { type Run, stateOf, textOf, toneOf } from './runs.ts';

type Row = { line: number | null; key: string; name: string | null; email: string | null; changes: string[] };
type Words = { en: string; de: string };
type Reject = { column: string | null; code: string; found: string; meaning: Words; mend: Words };
type Rejected = { row: number | null; columns: { column: string; value: string }[]; rejects: Reject[] };
type Page<One> = { rows: One[]; next: number | null };

const VERDICTS = ['new', 'changed', 'returned', 'missing'] as const;
const COUNTS: Readonly<Record<string, readonly string[]>> = {
  roster: ['rows', ...VERDICTS, 'unchanged', 'rejected', 'emails', 'applied'],
  positions: ['rows', 'rejected', 'before'],
  reconcile: ['accounts', 'links', 'missing', 'extra', 'matched', 'differs', 'accepted', 'resurrected', 'marked'],
  undo: ['restored'],
};
const PAGE = 50;
const FORMATS = ['csv', 'json', 'xml'] as const;

/** One run: how far it is, what it found, which rows were not taken and how to mend them, and what a human may decide. */
export function runPages(): Router {
  const router = Router();
  router.get('/:id', showRun);
  for (const format of FORMATS) {
    router.get(`/:id/errors.${format}`, async (req, res) => {
      const { api } = visitIn(res);
      const { type, body } = await api.stream(`/runs/${req.params['id']}/errors`, '*/*', { format });
      res.type(type).attachment(`errors-${req.params['id']}.${format}`);
      await pipeline(body, res);
    });
  }
  for (const decision of ['release', 'discard'] as const) {
    router.post(
      `/:id/${decision}`,
      act(async (req, visit) => {
        await visit.api.send('POST', `/runs/${req.params['id']}/${decision}`);
        return { to: pageOf(req, visit), told: visit.say(`run.done.${decision}`) };
      }),
    );
  }
  router.post(
    '/:id/believe',
    act(async (req, visit) => {
      const { connection } = await visit.api.get<Run>(`/runs/${req.params['id']}`);
      const path = `/connections/${connection.id}/reconcile`;
      const { runs } = await visit.api.send<{ runs: Run[] }>('POST', path, { force: true });
      return { to: `${visit.base}/runs/${runs[0]?.id ?? req.params['id']}`, told: visit.say('run.done.believe') };
    }),
  );
  return router;
}

async function showRun(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const { api, say, may } = visit;
  const path = `/runs/${req.params['id']}`;
  const run = await api.get<Run>(path);
  const sees = may('people', 'audit');
  const [rows, rejected] = await Promise.all([
    sees && hasRows(run) ? rowsOf(req, visit, run) : null,
    sees && Number(run.counts['rejected'] ?? 0) > 0 ? rejectedOf(req, visit, run) : null,
  ]);
  const view = {
    run,
    here: `${visit.base}${path}`,
    words: stateOf(run),
    tone: toneOf(run),
    progress: progressOf(run),
    counts: (COUNTS[run.kind] ?? []).flatMap((name) => (name in run.counts ? [{ name, value: run.counts[name] }] : [])),
    reasons: reasonsOf(run),
    rows,
    rejected,
    formats: FORMATS,
    decides: run.kind === 'roster' && run.state === 'held' && may('people'),
    believes: run.kind === 'reconcile' && run.state === 'held' && may('integrations'),
    undoes: run.state === 'done' && run.kind !== 'positions' && !run.roster?.dryRun && may('people'),
    uploads: run.roster !== null && may('people'),
  };
  sendPage(req, res, { template: 'run', title: say(titleOf(run), { name: run.connection.name }), part: 'runs', view });
}

/** Why it waits or has ended, one by one; null is what the sender asked for, which is said in the reader's language. */
function reasonsOf({ error, roster }: Run): (string | null)[] {
  const reasons = error?.replace(/^it would be held: /, '').split('; ') ?? []; // the heading says so
  return reasons.map((reason) => (roster?.hold && reason === 'it was uploaded to be looked at first' ? null : reason));
}

/** How far a run is; `most` is null where nobody can know it yet. Null when it has ended. */
function progressOf({ finishedAt, state, counts }: Run) {
  if (finishedAt !== null) return null;
  const number = (name: string) => Number(counts[name] ?? 0);
  if (state === 'reading') return { phrase: 'run.reading', done: number('read'), most: null };
  if (state !== 'applying') return { phrase: state === 'asked' ? 'run.asked' : 'run.comparing', done: 0, most: null };
  const most = VERDICTS.reduce((sum, name) => sum + number(name), 0);
  return { phrase: 'run.applying', done: Math.min(number('applied'), most), most };
}

/** Rows are kept while a roster is compared, held or applied, and of one that was only looked at. */
function hasRows({ kind, finishedAt, state, roster }: Run): boolean {
  return kind === 'roster' && (finishedAt === null || state === 'held' || roster?.dryRun === true);
}

/** The rows of one verdict: the one that was asked for, else the first that any row has. */
async function rowsOf(req: Request, { api, base }: Visit, { id, counts }: Run) {
  const verdicts = VERDICTS.filter((name) => Number(counts[name] ?? 0) > 0);
  const verdict = verdicts.find((name) => name === req.query['verdict']) ?? verdicts[0];
  if (verdict === undefined) return null;
  const page = { verdict, after: textOf(req, 'after'), limit: PAGE };
  const { rows, next } = await api.get<Page<Row>>(`/runs/${id}/rows`, page);
  const to = (more: Record<string, string>) => `${base}/runs/${id}?${new URLSearchParams(more)}#rows`;
  return {
    rows,
    verdict,
    verdicts: verdicts.map((name) => ({ name, count: counts[name], href: to({ verdict: name }) })),
    next: next === null ? null : to({ verdict, after: String(next) }),
    previous: null,
    continued: page.after !== undefined,
  };
}

async function rejectedOf(req: Request, { api, base, language }: Visit, { id }: Run) {
  const after = textOf(req, 'rejected');
  const { rows, next } = await api.get<Page<Rejected>>(`/runs/${id}/rejects`, { after, limit: PAGE });
  const shown = rows.flatMap(({ row, columns, rejects }) => {
    const who = columns.slice(0, 3).map(({ value }) => value);
    return rejects.map(({ column, code, found, meaning, mend }) => {
      return { row, who: who.join(' '), column, code, found, meaning: meaning[language], mend: mend[language] };
    });
  });
  const to = next === null ? null : `${base}/runs/${id}?rejected=${next}#rejected`;
  return { rows: shown, next: to, previous: null, continued: after !== undefined };
}

function titleOf({ kind, roster }: Run) {
  if (kind === 'roster') return roster?.dryRun ? 'run.title.tried' : 'run.title.roster';
  if (kind === 'positions') return 'run.title.positions';
  return kind === 'undo' ? 'run.title.undo' : 'run.title.reconcile';
}

function pageOf(req: Request, { base }: Visit): string {
  return `${base}/runs/${encodeURIComponent(String(req.params['id']))}`;
}
