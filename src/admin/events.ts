import { setTimeout as sleep } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { isFault } from '../errors.ts';
import { readCursor, writeCursor } from '../events/cursor.ts';
import { type EventPage, type EventQuery, headOf, readEvents } from '../events/list.ts';
import { shownEvent } from '../events/payload.ts';
import { FEED_TYPES, kindsOf } from '../events/types.ts';

const LOOK_MS = 1_000;
/** A proxy between closes what is silent for a minute. */
const SAY_SOMETHING_MS = 15_000;
/** Then whoever follows connects again, and proves again that they may. */
const FOLLOWED_MS = 15 * 60_000;
const PAGE = 100;

/** What `GET /events` may be asked for; several types with commas. */
export const EventsWish = z.strictObject({
  after: z.string().min(1).max(200).optional(),
  type: z
    .string()
    .max(5_000)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(FEED_TYPES)).max(50))
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(PAGE),
});

/**
 * `GET /events`: what happened, in its order. As JSON page by page, each with the place where the next one begins; as
 * server-sent events for as long as somebody listens, or for a quarter of an hour.
 */
export function eventRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { after, type, limit } = EventsWish.parse(req.query);
    const kinds = type === undefined ? null : kindsOf('webhook', type);
    if (req.accepts(['json', 'text/event-stream']) === 'text/event-stream') {
      const from = await placeOf(db, tenantId, lastSeen(req) ?? after ?? 'latest');
      return follow(db, tenantId, { after: from, kinds, limit: PAGE }, res);
    }
    const from = await placeOf(db, tenantId, after);
    const { events, next } = await readEvents(db, tenantId, { after: from, kinds, limit });
    res.json({ events: events.map(shownEvent), next: writeCursor(next) });
  });
  return router;
}

/** A browser that lost its connection says so itself. */
function lastSeen(req: Request): string | undefined {
  return req.get('Last-Event-ID') || undefined;
}

/** Without a place the oldest that is kept; `latest`: what happens from now on. */
async function placeOf(db: Knex, tenantId: string, after: string | undefined): Promise<number> {
  if (after !== undefined && after !== 'latest') return readCursor(after);
  const { position, floor } = await headOf(db, tenantId);
  return after === undefined ? floor : position;
}

async function follow(db: Knex, tenantId: string, query: EventQuery, res: Response): Promise<void> {
  let page = await readEvents(db, tenantId, query); // a place that is too old is an answer like any other
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  res.write(`retry: ${LOOK_MS}\n\n`);
  const end = Date.now() + FOLLOWED_MS;
  let saidAt = 0;
  let place = query.after;
  for (;;) {
    const said = await say(page, res);
    const isQuiet = Date.now() - saidAt > SAY_SOMETHING_MS;
    // an id alone moves on whoever comes back, past what they did not ask for
    if (!said && isQuiet) res.write(`id: ${writeCursor(page.next)}\n: still there\n\n`);
    if (said || isQuiet) saidAt = Date.now();
    const isBehind = page.next < page.head;
    place = page.next;
    if (!isBehind) await sleep(LOOK_MS);
    if (res.closed || Date.now() > end) break;
    const next = await nextPage(db, tenantId, { ...query, after: place }, res);
    if (next === null) break;
    page = next;
  }
  res.end();
}

/** Null where it cannot be read on: whoever comes back is told why. */
async function nextPage(db: Knex, tenantId: string, query: EventQuery, res: Response): Promise<EventPage | null> {
  return readEvents(db, tenantId, query).catch((error) => {
    if (res.closed || isFault(error, 'events_gone', 'database_unavailable')) return null;
    throw error;
  });
}

async function say({ events }: EventPage, res: Response): Promise<boolean> {
  for (const event of events) {
    const text = JSON.stringify(shownEvent(event));
    const isTaken = res.write(`id: ${writeCursor(event.position)}\ndata: ${text}\n\n`);
    // who reads slowly is waited for, so that nothing piles up here
    if (!isTaken) await new Promise<void>((resolve) => void res.once('drain', resolve).once('close', resolve));
    if (res.closed) return true;
  }
  return events.length > 0;
}
