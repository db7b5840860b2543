import { type Request, Router } from 'express';
import { inTransaction } from '../database/transaction.ts';
import { readConnection } from '../directory/connections.ts';
import { Fault } from '../errors.ts';
import { completed, FeedInput, fetchNow, ScheduleInput, storeFeed } from '../feeds/change.ts';
import type { FeedSettings } from '../feeds/feed.ts';
import { type Feed, type FeedKey, findFeed, removeFeed } from '../feeds/feeds.ts';
import { lookAtFeed } from '../feeds/look.ts';
import { nextTimes } from '../feeds/schedule.ts';
import type { Connection } from '../model/connection.ts';
import { record } from '../report/audit.ts';
import type { Vault } from '../vault.ts';
import { knownId } from './input.ts';
import type { RosterOptions } from './rosters.ts';

type Options = RosterOptions & { vault: Vault };

const TIMES_SHOWN = 3;

/** Where a connection fetches its roster from: secrets go in and never come out. */
export function connectionFeedRoutes(options: Options): Router {
  const { db, vault, changed } = options;
  const router = Router();
  router.param('id', knownId('connection'));
  router.get('/:id/feed', async (req, res) => {
    const at = await placeOf(options, req, res.locals['tenantId']);
    res.json(shown(vault, await demandFeed(options, at)));
  });

  router.put('/:id/feed', async (req, res) => {
    const { tenantId, connectionId } = await placeOf(options, req, res.locals['tenantId']);
    const input = FeedInput.parse(req.body);
    const saved = await inTransaction(db, async (trx) => {
      const feed = await completed(trx, vault, { tenantId, connectionId }, input);
      const { kind, settings, schedule, expectations, secrets } = feed;
      const detail = { kind, settings, schedule, expectations, secrets: Object.keys(secrets) }; // their names alone
      await record(trx, { tenantId, action: 'feed.set', subject: connectionId, detail });
      return storeFeed(trx, vault, { tenantId, connectionId }, feed);
    });
    changed();
    res.json(shown(vault, saved));
  });

  router.delete('/:id/feed', async (req, res) => {
    const { tenantId, connectionId } = await placeOf(options, req, res.locals['tenantId']);
    await inTransaction(db, async (trx) => {
      const kind = await removeFeed(trx, { tenantId, connectionId });
      await record(trx, { tenantId, action: 'feed.remove', subject: connectionId, detail: { kind } });
    });
    res.status(204).end();
  });
  return router;
}

/** Trying a feed out, and fetching by hand. */
export function connectionFeedFetchRoutes(options: Options): Router {
  const { db, vault, changed } = options;
  const router = Router();
  router.param('id', knownId('connection'));
  // when a schedule would fetch, for whoever is about to write it
  router.get('/:id/feed/schedule', async (req, res) => {
    await placeOf(options, req, res.locals['tenantId']);
    res.json({ next: nextTimes(ScheduleInput.parse(req.query), new Date(), TIMES_SHOWN) });
  });

  // nothing is saved: somebody looks at it first
  router.post('/:id/feed/test', async (req, res) => {
    const at = await placeOf(options, req, res.locals['tenantId']);
    const feed = await triedOut(options, at, req.body);
    res.json(await lookAtFeed({ db }, at, feed));
  });

  router.post('/:id/feed/fetch', async (req, res) => {
    const { tenantId, connectionId, connection } = await placeOf(options, req, res.locals['tenantId']);
    demandConnected(connection);
    const feed = await inTransaction(db, async (trx) => {
      await record(trx, { tenantId, action: 'feed.fetch', subject: connectionId, detail: {} });
      return fetchNow(trx, { tenantId, connectionId });
    });
    changed();
    res.status(202).json(shown(vault, feed));
  });
  return router;
}

type Place = FeedKey & { readonly connection: Connection };

async function placeOf({ db }: Options, req: Request<{ id: string }>, tenantId: string): Promise<Place> {
  const connection = await readConnection(db, tenantId, req.params.id);
  return { tenantId, connectionId: connection.id, connection };
}

/** What is in the request, or else what is stored. */
async function triedOut({ db, vault }: Options, at: FeedKey, body: unknown): Promise<FeedSettings> {
  if (body !== undefined) return completed(db, vault, at, FeedInput.parse(body));
  const { kind, settings, secrets } = await demandFeed({ db }, at);
  return { kind, settings, secrets: vault.open(secrets) };
}

async function demandFeed({ db }: Pick<Options, 'db'>, at: FeedKey): Promise<Feed> {
  const feed = await findFeed(db, at);
  if (feed) return feed;
  throw new Fault('not_found', 'the connection has no feed: gangway feed set makes one');
}

function demandConnected({ name, state }: Connection): void {
  if (state !== 'disconnected') return;
  const mend = `nothing is fetched before \`gangway connection connect ${name}\``;
  throw new Fault('connection_not_enabled', `connection "${name}" is disconnected: ${mend}`);
}

function shown(vault: Vault, feed: Feed) {
  const { kind, settings, secrets, schedule, expectations, nextAt, askedAt, failures } = feed;
  const { lastAt, lastResult, lastWords, lastRunId } = feed;
  return {
    ...{ kind, settings, secrets: Object.keys(vault.open(secrets)), schedule, expectations, nextAt, askedAt, failures },
    last: lastAt && { at: lastAt, result: lastResult, words: lastWords, runId: lastRunId },
  };
}
