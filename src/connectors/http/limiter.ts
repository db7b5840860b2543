import { setTimeout as sleep } from 'node:timers/promises';

/** Runs a request when there is room for it. */
export type Limiter = <T>(signal: AbortSignal, run: () => Promise<T>) => Promise<T>;

/** At most `concurrency` requests at once and `perSecond` started in a second, first come first served. */
export function createLimiter(limits: { concurrency: number; perSecond?: number | undefined }): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  let nextStart = 0;

  const enter = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const start = () => {
        signal.removeEventListener('abort', leaveQueue);
        running += 1;
        resolve();
      };
      const leaveQueue = () => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal.reason);
      };
      if (running < limits.concurrency) return start();
      waiting.push(start);
      signal.addEventListener('abort', leaveQueue, { once: true });
    });

  const pace = async (signal: AbortSignal) => {
    if (limits.perSecond === undefined) return;
    const now = performance.now();
    const start = Math.max(now, nextStart);
    nextStart = start + 1000 / limits.perSecond;
    if (start > now) await sleep(start - now, undefined, { signal }).catch(() => signal.throwIfAborted());
  };

  return async (signal, run) => {
    signal.throwIfAborted();
    await enter(signal);
    try {
      await pace(signal);
      return await run();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
