import { ScimError } from './error.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import { isObject, type Json } from './schema/coerce.ts';
import { lookup, lookupExtension } from './schema/lookup.ts';

type Path = readonly string[];
/**
 * Which attributes an answer holds (RFC 7644 §3.9): those to keep (null: all), without those to drop, and always some.
 * Null asks for the default set, which needs no work at all.
 */
export type Projection = { keep: readonly Path[] | null; drop: readonly Path[]; always: readonly Path[] } | null;

const META_NAMES = ['resourceType', 'created', 'lastModified', 'location', 'version'];
const META = new Map<string, string[]>([
  ['meta', ['meta']],
  ...META_NAMES.map((name): [string, string[]] => [`meta.${name.toLowerCase()}`, ['meta', name]]),
]);

/** Reads `attributes` and `excludedAttributes`; empty ones count as absent (a widespread client sends them). */
export function parseProjection(schema: ResourceSchema, attributes: unknown, excluded: unknown): Projection {
  const keep = pathsOf(schema, attributes);
  const drop = pathsOf(schema, excluded);
  if (keep && drop) throw new ScimError(400, 'attributes and excludedAttributes exclude each other', 'invalidSyntax');
  const hidden = hiddenPaths(schema, keep);
  if (!keep && !drop && hidden.length === 0) return null;
  return { keep, drop: [...(drop ?? []), ...hidden], always: schema.always ?? [] };
}

/** What is returned on request alone and is not requested by its own name (RFC 7643 §7 `returned`). */
function hiddenPaths({ onRequest = [] }: ResourceSchema, keep: readonly Path[] | null): readonly Path[] {
  return onRequest.filter((path) => !keep?.some((asked) => path.every((name, index) => name === asked[index])));
}

/** True when the answer needs this attribute, so that what is not asked for need not be read. */
export function wants(projection: Projection, name: string): boolean {
  if (projection === null) return true;
  if (projection.keep) return projection.keep.some(([first]) => first === name);
  return !projection.drop.some((path) => path.length === 1 && path[0] === name);
}

/** The answer cut to what was asked for. `id` and `schemas` are always returned (RFC 7643 §3.1). */
export function project(projection: Projection, text: string): string {
  if (projection === null) return text;
  const { keep, drop, always } = projection;
  const resource = JSON.parse(text) as Json;
  const { id, schemas } = resource;
  const result: Json = keep ? { schemas, id } : always.length ? (JSON.parse(text) as Json) : resource;
  for (const path of keep ?? []) copy(resource, result, path);
  for (const path of drop) remove(result, path);
  for (const path of always) copy(resource, result, path);
  return JSON.stringify(result);
}

/** Every name of every schema fits in, several times. */
const MAX_LENGTH = 16_000;

function pathsOf(schema: ResourceSchema, list: unknown): string[][] | null {
  const text = Array.isArray(list) ? list.slice(0, MAX_LENGTH).join(',') : list;
  if (typeof text !== 'string') return null;
  if (text.length > MAX_LENGTH) {
    throw new ScimError(400, `a list of attributes may have ${MAX_LENGTH} characters at most`, 'invalidValue');
  }
  const all = text.split(',').map((name) => name.trim().toLowerCase());
  const names = [...new Set(all)].filter(Boolean);
  if (names.length === 0) return null;
  return names.map((name) => namesOf(schema, name)).filter((path) => path !== null);
}

function namesOf(schema: ResourceSchema, name: string): string[] | null {
  const extension = lookupExtension(schema, name);
  if (extension) return [extension.id];
  const meta = META.get(name.toLowerCase());
  if (meta) return meta;
  const place = lookup(schema, name, { tolerant: true });
  if (!place) return null;
  return [...(place.sub ?? place.attribute).names];
}

function remove(value: unknown, [name, ...rest]: Path): void {
  if (name === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) remove(item, [name, ...rest]);
  } else if (isObject(value) && Object.hasOwn(value, name)) {
    if (rest.length) remove(value[name], rest);
    else delete value[name];
  }
}

function copy(from: Json, into: Json, [name, ...rest]: Path): void {
  if (name === undefined || !Object.hasOwn(from, name)) return;
  const value = from[name];
  if (rest.length === 0) into[name] = value;
  else if (Array.isArray(value)) into[name] = mergeItems(value, into[name], rest);
  else if (isObject(value)) {
    const holder = isObject(into[name]) ? into[name] : {};
    into[name] = holder;
    copy(value, holder, rest);
  }
}

function mergeItems(items: unknown[], existing: unknown, rest: Path): Json[] {
  return items.map((item, index) => {
    const holder = (Array.isArray(existing) ? (existing[index] as Json) : undefined) ?? {};
    if (isObject(item)) copy(item, holder, rest);
    return holder;
  });
}
