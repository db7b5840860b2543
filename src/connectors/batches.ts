import { isFault } from '../errors.ts';

type Waiting<T> = {
  readonly item: T;
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
};

/** Hands one item in and resolves when it has been sent. */
export type Batch<T> = (item: T, signal: AbortSignal) => Promise<void>;

/**
 * Sends items one batch at a time: what comes while a batch is under way goes with the next, `size` at most. A batch
 * that is refused is sent again one by one, so that a bad item spoils no other.
 */
export function createBatches<T>(
  size: number,
  send: (items: readonly T[], signal: AbortSignal) => Promise<void>,
): Batch<T> {
  const waiting: Waiting<T>[] = [];
  let busy = false;

  const deliver = async (batch: readonly Waiting<T>[]): Promise<void> => {
    try {
      await send(
        batch.map(({ item }) => item),
        untilAllLeave(batch),
      );
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length > 1 && isFault(error, 'target_refused')) for (const one of batch) await deliver([one]);
      else for (const { reject } of batch) reject(error);
    }
  };

  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let batch = waiting.splice(0, size); batch.length > 0; batch = waiting.splice(0, size)) await deliver(batch);
    busy = false;
  };

  return (item, signal) => {
    signal.throwIfAborted();
    return new Promise<void>((resolve, reject) => {
      const entry = { item, signal, resolve, reject };
      signal.addEventListener('abort', () => leave(waiting, entry), { once: true });
      waiting.push(entry);
      void work();
    });
  };
}

function leave<T>(waiting: Waiting<T>[], entry: Waiting<T>): void {
  const at = waiting.indexOf(entry);
  if (at >= 0) waiting.splice(at, 1);
  entry.reject(entry.signal.reason);
}

// the others must not lose their answer because one of them went away
function untilAllLeave<T>(batch: readonly Waiting<T>[]): AbortSignal {
  const [only] = batch;
  if (only && batch.length === 1) return only.signal;
  const controller = new AbortController();
  const check = () => {
    if (batch.every(({ signal }) => signal.aborted)) controller.abort(only?.signal.reason);
  };
  for (const { signal } of batch) signal.addEventListener('abort', check, { once: true });
  return controller.signal;
}
