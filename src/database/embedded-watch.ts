import { type Embedded, type EmbeddedOptions, startEmbedded } from './embedded.ts';
import { isAlive } from './embedded-lock.ts';

const LOOK_MS = 1_000;

/**
 * The private PostgreSQL, started again when it has died: nobody else would. The address stays the same, so the pool
 * finds it again by itself; requests in between are answered 503.
 */
export async function startWatched(options: EmbeddedOptions): Promise<{ url: string; stop(): Promise<void> }> {
  let current = await startEmbedded(options);
  let reviving: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (isAlive(current.pid)) return;
    reviving ??= revive(current, options).then((revived) => {
      current = revived;
      reviving = null;
    });
  }, LOOK_MS).unref();
  const stop = async () => {
    clearInterval(timer);
    await reviving;
    await current.stop();
  };
  return { url: current.url, stop };
}

/** The new one, or the old one when it cannot be started now: the next look tries again. */
async function revive(dead: Embedded, options: EmbeddedOptions): Promise<Embedded> {
  const { log } = options;
  log.error({ pid: dead.pid }, 'the database has ended; starting it again');
  try {
    const revived = await startEmbedded(options);
    await dead.stop(); // gives up its place only: the revived one is in use
    return revived;
  } catch (error) {
    log.error({ err: error }, 'the database cannot be started again; trying on');
    return dead;
  }
}
