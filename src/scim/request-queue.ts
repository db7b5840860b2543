import type { RequestAddition } from '../directory/requests.ts';

/** Requests that wait to be written; there is room for so many, and what finds none is dropped and counted. */
export type RequestQueue = {
  /** Takes a place for a request of a connection; false where there is none. */
  reserve(connectionId: string): boolean;
  /** Puts a request in its place. */
  put(record: RequestAddition): void;
  /** Gives a place back for which there is no request. */
  drop(): void;
  /** Those that have waited longest. */
  first(count: number): RequestAddition[];
  /** Forgets as many of them; `lost`: they were not written. */
  forget(count: number, lost: boolean): void;
  /** Begins a new span of time in which each connection has its share anew. */
  share(): void;
  /** How many were dropped since this was asked last. */
  dropped(): number;
};

/** A database that is away must not fill the memory. */
const MOST_WAITING = 1_000;
const MOST_CHARACTERS = 8_000_000;
/** Of one connection in a span: one that sends nothing but errors leaves room for the others. */
const MOST_OF_ONE = 100;

export function createRequestQueue(mostWaiting = MOST_WAITING): RequestQueue {
  const waiting: RequestAddition[] = [];
  const shares = new Map<string, number>();
  let [taken, characters, dropped] = [0, 0, 0];
  const hasRoom = (share: number) => taken < mostWaiting && characters < MOST_CHARACTERS && share < MOST_OF_ONE;
  return {
    reserve(connectionId) {
      const share = shares.get(connectionId) ?? 0;
      if (!hasRoom(share)) {
        dropped++;
        return false;
      }
      shares.set(connectionId, share + 1);
      taken++;
      return true;
    },
    put(record) {
      characters += sizeOf(record);
      waiting.push(record);
    },
    drop() {
      taken--;
      dropped++;
    },
    first: (count) => waiting.slice(0, count),
    forget(count, lost) {
      for (const record of waiting.splice(0, count)) characters -= sizeOf(record);
      taken -= count;
      if (lost) dropped += count;
    },
    share: () => shares.clear(),
    dropped() {
      const before = dropped;
      dropped = 0;
      return before;
    },
  };
}

function sizeOf({ path, request, answer }: RequestAddition): number {
  return path.length + (request?.length ?? 0) + (answer?.length ?? 0);
}
