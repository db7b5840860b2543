/** How long one request may keep the process to itself, in milliseconds; well below what anybody notices. */
const TURN_MS = 10;

/** Call it between pieces of long work: when the turn is over it lets other requests in, else it gives nothing to await. */
export type Breathe = () => Promise<void> | undefined;

/** A turn begins now, and anew after each pause. */
export function createBreather(): Breathe {
  let since = performance.now();
  return () => {
    if (performance.now() - since < TURN_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        since = performance.now();
        resolve();
      });
    });
  };
}
