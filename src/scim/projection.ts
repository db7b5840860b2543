import { ScimError } from './error.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import { isObject, type Json } from './schema/coerce.ts';
import { lookup, lookupExtension } from './schema/lookup.ts';

/** Which attributes an answer holds (RFC 7644 §3.9); null asks for the default set, which needs no work at all. */
export type Projection = { keep: string[][] } | { drop: string[][] } | null;

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
  if (keep) return { keep };
  return drop ? { drop } : null;
}

/** True when the answer needs this attribute, so that what is not asked for need not be read. */
export function wants(projection: Projection, name: string): boolean {
  if (projection === null) return true;
  if ('keep' in projection) return projection.keep.some(([first]) => first === name);
  return !projection.drop.some((path) => path.length === 1 && path[0] === name);
}

/** The answer cut to what was asked for. `id` and `schemas` are always returned (RFC 7643 §3.1). */
export function project(projection: Projection, text: string): string {
  if (projection === null) return text;
  const resource = JSON.parse(text) as Json;
  if ('drop' in projection) {
    for (const path of projection.drop) remove(resource, path);
    return JSON.stringify(resource);
  }
  const { id, schemas } = resource;
  const result: Json = { schemas, id };
  for (const path of projection.keep) copy(resource, result, path);
  return JSON.stringify(result);
}

function pathsOf(schema: ResourceSchema, list: unknown): string[][] | null {
  const text = Array.isArray(list) ? list.join(',') : list;
  if (typeof text !== 'string') return null;
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
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

function remove(value: unknown, [name, ...rest]: string[]): void {
  if (name === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) remove(item, [name, ...rest]);
  } else if (isObject(value) && Object.hasOwn(value, name)) {
    if (rest.length) remove(value[name], rest);
    else delete value[name];
  }
}

function copy(from: Json, into: Json, [name, ...rest]: string[]): void {
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

function mergeItems(items: unknown[], existing: unknown, rest: string[]): Json[] {
  return items.map((item, index) => {
    const holder = (Array.isArray(existing) ? (existing[index] as Json) : undefined) ?? {};
    if (isObject(item)) copy(item, holder, rest);
    return holder;
  });
}
