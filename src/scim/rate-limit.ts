import type { Knex } from 'knex';
import type { Log } from '../log.ts';
import type { Connection } from '../model/connection.ts';
import { createCounterStore } from './counter-store.ts';
import { createWindow, type RateWindow } from './rate-window.ts';

/** Answers whether this connection may go on: seconds to wait, 0 when it may. */
export type RateLimiter = (connection: Pick<Connection, 'id' | 'tenantId'>, now?: number) => number;

/** How long a burst is remembered: it may be had once in so many seconds. */
const BURST_SECONDS = 10;
const CONNECTIONS = 10_000;

/**
 * At most `perSecond` requests a second and connection, and as many again at once every ten seconds; 0 is no limit.
 * All instances share the count, yet no request waits for it: each instance decides by what it has counted and heard,
 * and tells the others in batches afterwards. So a second may have a few dozen requests more than it should.
 */
export function createRateLimiter(db: Knex, log: Log, perSecond: number): RateLimiter {
  if (perSecond === 0) return () => 0;
  const store = createCounterStore(db, log);
  const windows = new Map<string, { steady: RateWindow; burst: RateWindow }>();
  const windowsOf = ({ tenantId, id }: Pick<Connection, 'id' | 'tenantId'>) => {
    const key = `${tenantId}:${id}`;
    const known = windows.get(key);
    if (known) return known;
    if (windows.size >= CONNECTIONS) windows.clear();
    const steady = createWindow(store, `${key}:1`, perSecond, 1);
    const burst = createWindow(store, `${key}:${BURST_SECONDS}`, perSecond, BURST_SECONDS);
    const made = { steady, burst };
    windows.set(key, made);
    return made;
  };
  return (connection, now = Date.now()) => {
    const { steady, burst } = windowsOf(connection);
    if (steady.take(now) || burst.take(now) || store.away()) return 0;
    return Math.max(1, Math.ceil((steady.endsAt() - now) / 1_000)); // RFC 9110 §10.2.3: whole seconds
  };
}
