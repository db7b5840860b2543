import { isObject } from '../schema/coerce.ts';

const PREFIX = 'bulkId:';

/** The bulkIds that a value refers to by `bulkId:…`, at any depth (RFC 7644 §3.7.2). */
export function referencesIn(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value === 'string') {
    if (value.startsWith(PREFIX)) found.add(value.slice(PREFIX.length));
  } else if (Array.isArray(value) || isObject(value)) {
    for (const item of Object.values(value)) referencesIn(item, found);
  }
  return found;
}

/** A copy with each reference replaced by the id that it stands for; those that are not known yet stay. */
export function resolveReferences(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return value.startsWith(PREFIX) ? (ids.get(value.slice(PREFIX.length)) ?? value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, ids));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveReferences(item, ids)]));
}

/**
 * A copy without the elements and objects whose `value` is an unresolved reference: what can be stored now when two
 * resources of a request refer to each other (RFC 7644 §3.7.1).
 */
export function withoutReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !pointsAhead(item)).map(withoutReferences);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => !pointsAhead(item));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutReferences(item)]));
}

function pointsAhead(item: unknown): boolean {
  const value = isObject(item) ? item['value'] : item;
  return typeof value === 'string' && value.startsWith(PREFIX);
}
