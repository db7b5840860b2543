/** Targets that this worker leaves alone for a while: they are down, or asked us to wait. */
export type Pauses = {
  /** Ids of the targets that are paused now. */
  list(): string[];
  pause(targetId: string, seconds: number): void;
  /** How often in a row the target was down. */
  outages(targetId: string): number;
  /** The target has answered: forget its outages. */
  healthy(targetId: string): void;
};

/** One instance finds out for itself; at worst each worker asks a target that is down once more. */
export function createPauses(): Pauses {
  const paused = new Map<string, { until: number; outages: number }>();
  return {
    list: () => [...paused].filter(([, { until }]) => until > Date.now()).map(([targetId]) => targetId),
    pause(targetId, seconds) {
      const before = paused.get(targetId);
      // people in flight at the same moment fail together: that is one outage, not one each
      const same = before !== undefined && before.until > Date.now();
      const outages = (before?.outages ?? 0) + (same ? 0 : 1);
      const until = Math.max(before?.until ?? 0, Date.now() + seconds * 1000);
      paused.set(targetId, { until, outages });
    },
    outages: (targetId) => paused.get(targetId)?.outages ?? 0,
    healthy(targetId) {
      const before = paused.get(targetId);
      if (before && before.until <= Date.now()) paused.delete(targetId);
    },
  };
}
