/** A place in a list: the key that it is sorted by, as text, and the person. */
export type Place = { readonly key: string; readonly id: string };

/** One entry of an index, read in the order of the list. */
export type Entry = Place & {
  /** Which of several indexes it was read from. */
  readonly branch: number;
  /** True where this is where the person is listed: they may be found by several keys. */
  readonly first: boolean;
  /** True where the other conditions of the query hold, too. */
  readonly fits: boolean;
};

export type Merged = {
  readonly places: Place[];
  /** Where to go on; null at the end of the list. */
  readonly rest: Place | null;
};

/**
 * One page from the first `budget` entries of each index. Entries behind the last one that an index has given are not
 * judged: that index might have more before them.
 *
 *   an index gave        the list goes on
 *   fewer than budget    not in this index
 *   budget entries       behind its last one, and the page ends there at the latest
 */
export function mergeEntries(
  entries: readonly Entry[],
  { limit, budget, descending }: { limit: number; budget: number; descending: boolean },
): Merged {
  const sorted = entries.toSorted((a, b) => (descending ? compare(b, a) : compare(a, b)));
  const horizon = horizonOf(sorted, budget);
  const reached = horizon ? sorted.findLastIndex((one) => compare(one, horizon) === 0) + 1 : sorted.length;
  const places: Place[] = [];
  for (const [index, { key, id, first, fits }] of sorted.slice(0, reached).entries()) {
    if (!first || !fits || places.at(-1)?.id === id) continue;
    places.push({ key, id });
    if (places.length < limit) continue;
    const more = horizon !== null || sorted.slice(index + 1).some((one) => one.first && one.fits && one.id !== id);
    return { places, rest: more ? { key, id } : null };
  }
  return { places, rest: horizon };
}

/** The nearest of the last entries of those indexes that may have more. */
function horizonOf(sorted: readonly Entry[], budget: number): Place | null {
  const counts = new Map<number, { size: number; last: Entry }>();
  for (const entry of sorted) {
    counts.set(entry.branch, { size: (counts.get(entry.branch)?.size ?? 0) + 1, last: entry });
  }
  const lasts = new Set([...counts.values()].filter(({ size }) => size >= budget).map(({ last }) => last));
  const nearest = sorted.find((entry) => lasts.has(entry));
  return nearest ? { key: nearest.key, id: nearest.id } : null;
}

/** As PostgreSQL compares under COLLATE "C": by the bytes of UTF-8, then by id. */
function compare(a: Place, b: Place): number {
  return Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
