import { type Request, type Response, Router } from 'express';
import { act } from '../act.ts';
import type { Problem } from '../api.ts';
import { Refusal } from '../api.ts';
import { connectionOf, type SeenConnection } from '../connection.ts';
import { cronWords } from '../forms/cron-words.ts';
import { FEED_FORMS, type FeedDocument, feedFilled, feedFrom } from '../forms/feed.ts';
import { type Filled, filledIn } from '../forms/fields.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';

type Feed = FeedDocument & {
  secrets: string[];
  nextAt: string;
  askedAt: string | null;
  failures: number;
  last: { at: string; result: string; words: string | null; runId: string | null } | null;
};
type Look = { notes: string[]; rows: number; taken: number; problem: string | null };
type Shown = {
  filled?: Filled;
  problem?: Problem | null;
  tried?: { look: Look | null; problem: Problem | null } | null;
};

/** Where a connection fetches its roster from: a form for each kind, a try, a fetch by hand, and what came of the last one. */
export function feedPages(): Router {
  const router = Router();
  router.get('/:id/feed', async (req, res) => showFeed(req, res));
  router.get('/:id/feed/schedule', showSchedule);
  router.post('/:id/feed/test', testFeed);
  router.post(
    '/:id/feed',
    act(
      async (req, visit) => {
        const path = pathOf(req);
        const body = feedFrom(filledIn(req.body), (await feedOf(visit, path))?.secrets ?? []);
        await visit.api.send('PUT', path, body);
        return { to: `${visit.base}${path}`, told: visit.say('feed.saved') };
      },
      (req, res, problem) => showFeed(req, res, { filled: filledIn(req.body), problem }),
    ),
  );
  router.post(
    '/:id/feed/fetch',
    act(async (req, visit) => {
      await visit.api.send('POST', `${pathOf(req)}/fetch`);
      return { to: `${visit.base}${pathOf(req)}`, told: visit.say('feed.asked') };
    }),
  );
  router.post(
    '/:id/feed/remove',
    act(async (req, visit) => {
      await visit.api.send('DELETE', pathOf(req));
      return { to: `${visit.base}${pathOf(req)}`, told: visit.say('feed.removed') };
    }),
  );
  return router;
}

function pathOf(req: Request): string {
  return `/connections/${encodeURIComponent(String(req.params['id']))}/feed`;
}

/** The feed of a connection; null where there is none. */
async function feedOf({ api }: Visit, path: string): Promise<Feed | null> {
  try {
    return await api.get<Feed>(path);
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 404) return null;
    throw error;
  }
}

/** Says below the form what a fetch would find. What was typed as a secret is sent to the source, and never back here. */
async function testFeed(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const filled = filledIn(req.body);
  const path = pathOf(req);
  try {
    const body = feedFrom(filled, (await feedOf(visit, path))?.secrets ?? []);
    const look = await visit.api.send<Look>('POST', `${path}/test`, body);
    await showFeed(req, res, { filled, tried: { look, problem: null } });
  } catch (error) {
    if (!(error instanceof Refusal) || error.problem.code === 'sign_in_again') throw error;
    await showFeed(req, res, { filled, tried: { look: null, problem: error.problem } });
  }
}

async function showFeed(req: Request, res: Response, shown: Shown = {}): Promise<void> {
  const visit = visitIn(res);
  const connection = await connectionOf(visit, String(req.params['id']));
  const feed = await feedOf(visit, pathOf(req));
  const asked = shown.filled?.['kind'] ?? req.query['kind'];
  const kind = typeof asked === 'string' && Object.hasOwn(FEED_FORMS, asked) ? asked : (feed?.kind ?? null);
  const zone = visit.language === 'de' ? 'Europe/Berlin' : 'UTC';
  const filled = shown.filled ?? (kind === null ? {} : feedFilled(kind, feed, zone));
  const { problem = null, tried = null } = shown;
  const view = {
    ...placeIn(visit, connection),
    feed,
    kind,
    kinds: Object.keys(FEED_FORMS),
    form: kind === null ? null : FEED_FORMS[kind],
    filled,
    stored: feed?.kind === kind ? (feed?.secrets ?? []) : [],
    tried,
    schedule: kind === null ? null : await scheduleOf(visit, connection, filled),
    words: feed && cronWords(feed.schedule.cron, visit.say, visit.language),
    allowed: visit.may('integrations'),
  };
  const title = visit.say('feed.title', { name: connection.name });
  sendPage(req, res, { template: 'feed', title, part: 'connections', view, problem }, problem?.status ?? 200);
}

/** What a schedule means, while it is written. */
async function showSchedule(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const connection = await connectionOf(visit, String(req.params['id']));
  const schedule = await scheduleOf(visit, connection, filledIn(req.query));
  const view = { ...placeIn(visit, connection), schedule };
  sendPage(req, res, { template: 'feed-schedule', title: visit.say('feed.schedule'), part: 'connections', view });
}

async function scheduleOf({ api, say, language }: Visit, { id }: SeenConnection, filled: Filled) {
  const { cron = '', timeZone = '' } = filled;
  const words = cronWords(cron, say, language);
  try {
    const { next } = await api.get<{ next: string[] }>(`/connections/${id}/feed/schedule`, { cron, timeZone });
    return { words, next, timeZone, problem: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { words: null, next: [], timeZone, problem: error.problem.detail };
  }
}

function placeIn({ base }: Visit, connection: SeenConnection) {
  return { connection, tab: 'feed', here: `${base}/connections/${connection.id}/feed` };
}
