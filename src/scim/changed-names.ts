import type { Json } from './schema/coerce.ts';

/** The names of the attributes in which two forms of a resource differ; both come from JSON, so texts tell. */
export function changedNames(former: Json, now: Json): string[] {
  const names = new Set([...Object.keys(former), ...Object.keys(now)]);
  names.delete('schemas');
  return [...names].filter((name) => JSON.stringify(former[name]) !== JSON.stringify(now[name]));
}
