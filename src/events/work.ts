import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { backoffSeconds } from '../deliver/retry.ts';
import { isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import { record } from '../report/audit.ts';
import { tell } from '../report/notices.ts';
import type { WorkHandler, WorkResult } from '../work/handler.ts';
import { type EventPage, readEvents } from './list.ts';
import { type Issuing, type Sent, sendEvent } from './send.ts';
import { advance, findStream, keepFailure, passOverGone, pauseStream, type Stream, type StreamKey } from './streams.ts';
import { kindsOf } from './types.ts';

export type EventSending = Issuing & { readonly db: Knex; readonly log: Log };

/** Who is being delivered to must not wait for receivers of events. */
const MOST_UNDER_WAY = 4;
const ROOM_AGAIN_MS = 1_000;
/** A stream that has much to send lets others have their turn. */
const TURN_MS = 20_000;
const PAGE = 50;
const LONGEST_DELAY_SECONDS = 900;
const PAUSED_AFTER_MS = 3 * 24 * 3_600_000;
/** Whether something has happened is asked often while something happens. */
const BUSY_LOOK_MS = 1_000;
const QUIET_LOOK_MS = 5_000;
const QUIET_AFTER_MS = 60_000;

const SETTLED: WorkResult = { kind: 'done', lookAgainAt: null };

/**
 * The work of kind `events`, for each stream whose receiver is sent to: one event after the other in their order, each
 * until it was received. Where a worker dies between sending and keeping that, the event is sent once more under its id.
 */
export function eventsHandler(sending: EventSending): WorkHandler {
  let underWay = 0;
  return async ({ tenantId, subjectId: id }, stop) => {
    if (underWay >= MOST_UNDER_WAY) return inMs(ROOM_AGAIN_MS * (1 + Math.random()));
    underWay += 1;
    try {
      return await takeTurn(sending, { tenantId, id }, stop);
    } finally {
      underWay -= 1;
    }
  };
}

async function takeTurn(sending: EventSending, key: StreamKey, stop: AbortSignal): Promise<WorkResult> {
  const { db } = sending;
  const end = Date.now() + TURN_MS;
  while (Date.now() < end) {
    const stream = await findStream(db, key);
    if (!stream || stream.state === 'paused' || stream.url === null) return SETTLED;
    if (stream.nextAt.getTime() > Date.now()) return { kind: 'done', lookAgainAt: stream.nextAt };
    const page = await pageFor(db, stream);
    if (page && page.next === stream.position) return inMs(restOf(stream));
    if (page) await sendPage(sending, stream, page, stop);
  }
  return inMs(0);
}

/** Null when the stream had to pass over what is deleted: then it is another one. */
async function pageFor(db: Knex, stream: Stream): Promise<EventPage | null> {
  const { tenantId, position, kind, types } = stream;
  try {
    return await readEvents(db, tenantId, { after: position, kinds: kindsOf(kind, types), limit: PAGE });
  } catch (error) {
    if (!isFault(error, 'events_gone') || !(await passOverGone(db, stream))) throw error;
    return null;
  }
}

/** Sends one after the other until one is not received, or the stream is somebody else's. */
async function sendPage(sending: EventSending, stream: Stream, page: EventPage, stop: AbortSignal): Promise<void> {
  const { db, log } = sending;
  let now = stream;
  for (const event of page.events) {
    stop.throwIfAborted();
    const sent = await sendEvent(sending, now, event, stop);
    if (sent.kind !== 'received') return notReceived(sending, now, sent);
    if (!(await advance(db, now, event.position, true))) return;
    now = { ...now, position: event.position, failures: 0, failingSince: null };
  }
  if (page.events.length) {
    log.debug({ tenant: stream.tenantId, stream: stream.id, events: page.events.length }, 'events were sent');
  }
  if (page.next > now.position) await advance(db, now, page.next, false);
}

async function notReceived(
  { db, log }: EventSending,
  stream: Stream,
  sent: Exclude<Sent, { kind: 'received' }>,
): Promise<void> {
  const { tenantId, id, failures, failingSince } = stream;
  const { words, waitSeconds = 0 } = sent;
  log.warn({ tenant: tenantId, stream: id, reason: words, failures: failures + 1 }, 'an event was not received');
  const isOver = failingSince !== null && Date.now() - failingSince.getTime() > PAUSED_AFTER_MS;
  if (sent.kind === 'gone') return giveUp(db, stream, 'its receiver says that it is gone', words);
  if (isOver) return giveUp(db, stream, 'its receiver has taken nothing for three days', words);
  await keepFailure(
    db,
    stream,
    words,
    Math.max(waitSeconds, backoffSeconds(failures + 1, Math.random(), LONGEST_DELAY_SECONDS)),
  );
}

/** Nothing is lost by it for as long as events are kept: whoever mends it lets it go on from where it is. */
async function giveUp(db: Knex, stream: Stream, why: string, words: string): Promise<void> {
  const { tenantId, id, name, failingSince } = stream;
  await inTransaction(db, async (trx) => {
    if (!(await pauseStream(trx, stream, why, words))) return;
    await record(trx, { tenantId, action: 'event-stream.pause', subject: id, detail: { why }, actor: 'gangway' });
    const since = (failingSince ?? new Date()).toISOString();
    const subject = `${id} ${stream.revision}`;
    await tell(trx, { tenantId, connectionId: null, kind: 'events_paused', subject, detail: { name, why, since } });
  });
}

function restOf({ lastAt, createdAt }: Stream): number {
  const silent = Date.now() - (lastAt ?? createdAt).getTime();
  return silent < QUIET_AFTER_MS ? BUSY_LOOK_MS : QUIET_LOOK_MS;
}

function inMs(ms: number): WorkResult {
  return { kind: 'done', lookAgainAt: new Date(Date.now() + ms) };
}
