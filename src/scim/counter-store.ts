import type { Knex } from 'knex';
import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Log } from '../log.ts';

/** Counters that all instances share; they live in the schema `ratelimit` (docs/decisions/0006). */
export type CounterStore = {
  /** Adds to a counter, which starts anew every so many seconds, and says how much it is until when; null: no answer. */
  add(key: string, count: number, seconds: number): Promise<{ count: number; endsAt: number } | null>;
  /** True after a failure, until an answer comes: requests pass then. */
  away(): boolean;
};

/** How long one failure keeps requests passing: then the instance's own count is believed again, and the store asked. */
const AWAY_MS = 5_000;

/** rate-limiter-flexible over our pool. It is loaded when the first counter is shared, which most connections never need. */
export function createCounterStore(db: Knex, log: Log): CounterStore {
  let limiter: Promise<RateLimiterPostgres> | undefined;
  let awayUntil = 0;
  let complained = false;
  const add: CounterStore['add'] = async (key, count, seconds) => {
    try {
      limiter ??= open(db);
      const counted = await (await limiter).penalty(key, count, { customDuration: seconds });
      [awayUntil, complained] = [0, false];
      return { count: counted.consumedPoints, endsAt: Date.now() + counted.msBeforeNext };
    } catch (error) {
      awayUntil = Date.now() + AWAY_MS;
      if (!complained) log.warn({ err: error }, 'the shared rate limit cannot be reached; requests pass');
      complained = true;
      return null;
    }
  };
  return { add, away: () => Date.now() < awayUntil };
}

async function open(db: Knex): Promise<RateLimiterPostgres> {
  const { default: Limiter } = await import('rate-limiter-flexible/lib/RateLimiterPostgres.js');
  return new Limiter({
    storeClient: db,
    storeType: 'knex',
    schemaName: 'ratelimit',
    tableName: 'counters',
    tableCreated: true, // by our migration
    keyPrefix: '',
    points: 1, // of no matter: what is too much is decided by rate-window.ts
    duration: 1,
  });
}
