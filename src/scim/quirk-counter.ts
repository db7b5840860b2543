import type { Knex } from 'knex';
import { addQuirks, type QuirkAddition } from '../directory/quirks.ts';
import type { Log } from '../log.ts';
import type { Connection } from '../model/connection.ts';
import type { QuirkName } from '../model/quirk.ts';

type ConnectionKey = Pick<Connection, 'tenantId' | 'id'>;
/** Notes a quirk of one request; however often it is called, the request counts once. */
export type Note = (quirk: QuirkName) => void;

/** The quirks that one request has had. */
export type SeenQuirks = { quirks?: Set<QuirkName> };

export type QuirkCounter = {
  /** What one request notes its quirks with; they are left in `seen`. */
  forRequest(connection: ConnectionKey, seen?: SeenQuirks): Note;
  /** Writes down what has been counted since the last time. */
  flush(): Promise<void>;
  /** Writes down the rest and sets no timer any more. */
  stop(): Promise<void>;
};

/** How late the table may be; also how much a crash may forget. */
const FLUSH_EVERY_MS = 5_000;

/**
 * Counts the deviations that connections are forgiven. A request without any pays for one closure; one with some for an
 * addition each, in memory. The counts go to the table in one statement every few seconds, and when the server stops;
 * what cannot be written then waits for the next time, and a failing database never fails a request.
 */
export function createQuirkCounter(db: Knex, log: Log): QuirkCounter {
  let pending = new Map<string, QuirkAddition>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let stopped = false;

  const add = (addition: QuirkAddition) => {
    const key = `${addition.connectionId} ${addition.quirk}`;
    const known = pending.get(key);
    if (known) known.count += addition.count;
    else pending.set(key, { ...addition });
    if (!stopped) timer ??= setTimeout(() => void counter.flush(), FLUSH_EVERY_MS).unref();
  };
  const write = async () => {
    if (pending.size === 0) return;
    const additions = [...pending.values()];
    pending = new Map();
    try {
      // each once in the life of a connection: no name, no value, nothing of a person
      for (const seen of await addQuirks(db, additions)) log.info(seen, 'a connection deviates from the RFC');
    } catch (error) {
      for (const addition of additions) add(addition);
      log.warn({ err: error }, 'quirks cannot be written now; they are kept');
    }
  };
  const counter: QuirkCounter = {
    forRequest({ tenantId, id: connectionId }, seen = {}) {
      return (quirk) => {
        seen.quirks ??= new Set();
        if (seen.quirks.has(quirk)) return;
        seen.quirks.add(quirk);
        add({ tenantId, connectionId, quirk, count: 1 });
      };
    },
    flush() {
      clearTimeout(timer);
      timer = undefined;
      writing = writing.then(write); // one after the other, so that stopping waits for them all
      return writing;
    },
    async stop() {
      stopped = true;
      await counter.flush();
    },
  };
  return counter;
}
