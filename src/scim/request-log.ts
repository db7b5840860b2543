import type { IncomingMessage } from 'node:http';
import type { Knex } from 'knex';
import { uuidv7 } from '../database/uuid.ts';
import { CHECK_PREFIX } from '../directory/check-token.ts';
import { addRequests, type RequestAddition } from '../directory/requests.ts';
import { isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Caller } from './bearer.ts';
import type { SeenQuirks } from './quirk-counter.ts';
import { redactRequest, redactText } from './redact.ts';
import { createRequestQueue, type RequestQueue } from './request-queue.ts';
import type { Answer } from './routes.ts';

/** What is known of a request while it is answered. */
export type Seen = SeenQuirks & {
  readonly began: number;
  /** Null until the token is known. */
  caller: Caller | null;
  /** As it was read; undefined where there was none, or none that is JSON. */
  body?: unknown;
};

export type RequestLog = {
  /** The id that a request is kept under; null for one that is not kept. Each that is taken must be kept. */
  take(seen: Seen, status: number): string | null;
  /** Keeps it, once it has been answered. */
  keep(id: string, seen: Seen, req: IncomingMessage, answer: Answer): void;
  /** Writes down what has been kept since the last time. */
  flush(): Promise<void>;
  /** Writes down the rest and sets no timer any more. */
  stop(): Promise<void>;
};

const FLUSH_EVERY_MS = 2_000;
const AT_ONCE = 100;
const LONGEST_PATH = 4_000;
const LONGEST_AGENT = 300;

/**
 * Keeps failed requests for support and, where an operator wants it for a while, all. A request that is not kept pays for
 * a comparison; one that is pays after its answer has left: only then are secrets left out, and it goes to the table with
 * others, in one statement every few seconds. A failing database never fails a request.
 */
export function createRequestLog(db: Knex, log: Log, queue: RequestQueue = createRequestQueue()): RequestLog {
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let stopped = false;
  const write = writer(db, log, queue);
  const later = () => {
    if (!stopped) timer ??= setTimeout(() => void requestLog.flush(), FLUSH_EVERY_MS).unref();
  };
  const requestLog: RequestLog = {
    take: ({ caller }, status) =>
      caller !== null && isWanted(caller, status) && queue.reserve(caller.connection.id) ? uuidv7() : null,
    keep(id, seen, req, answer) {
      const milliseconds = performance.now() - seen.began;
      setImmediate(() => {
        try {
          queue.put(recordOf(id, seen, req, answer, milliseconds));
        } catch (error) {
          queue.drop();
          log.error({ err: error }, 'a request cannot be kept for support');
        }
        later();
      });
    },
    flush() {
      clearTimeout(timer);
      timer = undefined;
      // one after the other, so that stopping waits for them all
      writing = writing.then(write).then((done) => (done ? undefined : later()));
      return writing;
    },
    async stop() {
      stopped = true;
      await new Promise((resolve) => setImmediate(resolve)); // what was answered just now
      await requestLog.flush();
    },
  };
  return requestLog;
}

/** Gangway's own requests are none of the client's. */
function isWanted({ prefix, logUntil }: Caller, status: number): boolean {
  return (status >= 400 || logUntil > Date.now()) && prefix !== CHECK_PREFIX;
}

/** Writes what waits; false where the database is away, and all that is left waits on. */
function writer(db: Knex, log: Log, queue: RequestQueue): () => Promise<boolean> {
  let warned = false;
  return async () => {
    queue.share();
    try {
      for (let some = queue.first(AT_ONCE); some.length > 0; some = queue.first(AT_ONCE)) {
        queue.forget(some.length, !(await isWritten(db, log, some)));
      }
    } catch (error) {
      if (!warned)
        log.warn({ err: error }, 'requests cannot be kept for support now; those that there is room for wait');
      warned = true;
      return false;
    }
    warned = false;
    const dropped = queue.dropped();
    if (dropped > 0) log.warn({ dropped }, 'not all requests were kept for support: they were too many at once');
    return true;
  };
}

/** Throws while the database is away; what it does not take for another reason it never will. */
async function isWritten(db: Knex, log: Log, some: readonly RequestAddition[]): Promise<boolean> {
  try {
    await addRequests(db, some);
    return true;
  } catch (error) {
    if (isFault(error, 'database_unavailable')) throw error;
    log.error({ err: error, requests: some.length }, 'requests cannot be kept for support');
    return false;
  }
}

function recordOf(
  id: string,
  { caller, body, quirks = new Set() }: Seen,
  { method = '', url = '', headers }: IncomingMessage,
  { status, text }: Answer,
  milliseconds: number,
): RequestAddition {
  const { tenantId = '', id: connectionId = '' } = caller?.connection ?? {};
  const agent = headers['user-agent'];
  return {
    tenantId,
    connectionId,
    id,
    at: new Date(Date.now() - milliseconds),
    method,
    status,
    milliseconds: Math.round(milliseconds * 10) / 10,
    tokenPrefix: caller?.prefix ?? '',
    userAgent: agent === undefined ? null : redactText(agent.slice(0, LONGEST_AGENT)),
    quirks: [...quirks],
    ...redactRequest({ url: url.slice(0, LONGEST_PATH), body, answer: text }),
  };
}
