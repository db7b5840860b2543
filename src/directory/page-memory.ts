import type { Scope } from './stored.ts';

/** How long what another instance changes may go unnoticed; what this one changes is forgotten at once. */
const REMEMBERED_MS = 2_000;
const LISTS = 1_000;
const PLACES = 1_000;

type List = { readAt: number; total: number | null; places: Map<number, string> };
type Kind = 'people' | 'groups';

/**
 * What is known of a connection's unfiltered lists from the pages before: how many resources there are, and with which
 * id a page begins. Without it each page would count all resources and walk over all that it skips.
 */
export type PageMemory = {
  total(scope: Scope, kind: Kind): number | null;
  /** The id at this offset, or null. */
  place(scope: Scope, kind: Kind, offset: number): string | null;
  /** To be called before reading: gives the function that notes what was read, unless it was forgotten meanwhile. */
  reading(scope: Scope, kind: Kind): (read: { total?: number; place?: { offset: number; id: string } }) => void;
  /** A resource has come or gone. */
  forget(scope: Scope, kind: Kind): void;
};

export function createPageMemory(now: () => number = Date.now): PageMemory {
  const lists = new Map<string, List>();
  const current = (scope: Scope, kind: Kind): List | undefined => {
    const list = lists.get(keyOf(scope, kind));
    return list && now() - list.readAt < REMEMBERED_MS ? list : undefined;
  };
  return {
    total: (scope, kind) => current(scope, kind)?.total ?? null,
    place: (scope, kind, offset) => current(scope, kind)?.places.get(offset) ?? null,
    reading(scope, kind) {
      const key = keyOf(scope, kind);
      let list = current(scope, kind);
      if (!list) {
        if (lists.size >= LISTS) lists.clear();
        list = { readAt: now(), total: null, places: new Map() };
        lists.set(key, list);
      }
      const mine = list;
      return ({ total, place }) => {
        if (lists.get(key) !== mine) return;
        if (total !== undefined) mine.total = total;
        if (place && mine.places.size < PLACES) mine.places.set(place.offset, place.id);
      };
    },
    forget(scope, kind) {
      lists.delete(keyOf(scope, kind));
    },
  };
}

function keyOf({ tenantId, connectionId }: Scope, kind: Kind): string {
  return `${tenantId} ${connectionId} ${kind}`;
}
