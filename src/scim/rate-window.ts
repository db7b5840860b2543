import type { CounterStore } from './counter-store.ts';

/** The requests of one connection in one span of time, as far as this instance knows. */
export type RateWindow = {
  /** Counts a request and says whether it is within the limit; one that is not is not counted. */
  take(now: number): boolean;
  /** When the count starts anew, in epoch milliseconds. */
  endsAt(): number;
};

/** Requests that an instance counts by itself before it tells: whoever sends fewer in a span costs no statement. */
const LARGEST_BATCH = 25;
const BATCHES = 8;

/**
 * A fixed window of `seconds` that admits `points` requests. `told` is what the store said last, other instances
 * included; `telling` is on its way to it, `untold` is still ours alone. The span's end is the store's as soon as it
 * is known, so that all instances start anew together.
 */
export function createWindow(store: CounterStore, key: string, points: number, seconds: number): RateWindow {
  const batch = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(points / BATCHES)));
  let [end, told, telling, untold] = [0, 0, 0, 0];
  let busy = false;

  const restart = (now: number) => {
    [end, told, telling, untold] = [now + seconds * 1_000, 0, 0, 0];
  };
  const tell = async () => {
    busy = true;
    [telling, untold] = [untold, 0];
    const answer = await store.add(key, telling, seconds);
    if (answer) [told, end] = [answer.count, answer.endsAt];
    else told += telling; // our own count goes on
    telling = 0;
    busy = false;
  };
  return {
    take(now) {
      if (now >= end) restart(now);
      if (told + telling + untold >= points) return false;
      untold++;
      if (untold >= batch && !busy) void tell(); // never throws
      return true;
    },
    endsAt: () => end,
  };
}
