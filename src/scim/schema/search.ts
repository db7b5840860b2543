import type { Attribute, Attributes, ResourceSchema } from './attribute.ts';
import { isObject, type Json } from './coerce.ts';
import { toInstant } from './date-time.ts';

/**
 * The resource as filters compare it: strings folded where the schema ignores letter case, dates in UTC. Takes a
 * coerced resource; names are canonical already. `schemas` lists what it carries of a tenant's own extensions, so that
 * the index can tell whether anybody does.
 */
export function searchable(schema: ResourceSchema, resource: Json): Json {
  const search = foldObject(schema.attributes, resource);
  const carried: string[] = [];
  for (const extension of schema.extensions.values()) {
    const part = resource[extension.id];
    if (!isObject(part)) continue;
    search[extension.id] = foldObject(extension.attributes, part);
    if (extension.custom) carried.push(extension.id);
  }
  return carried.length ? { ...search, schemas: carried } : search;
}

function foldObject(attributes: Attributes, object: Json): Json {
  const folded: Json = {};
  for (const [name, value] of Object.entries(object)) {
    const attribute = attributes.get(name.toLowerCase());
    if (attribute)
      folded[name] = Array.isArray(value) ? value.map((item) => foldAny(attribute, item)) : foldAny(attribute, value);
  }
  return folded;
}

function foldAny(attribute: Attribute, value: unknown): unknown {
  if (attribute.sub && isObject(value)) return foldObject(attribute.sub, value);
  return foldScalar(attribute, value);
}

/** One value as filters compare it; the same for what is stored and for what a filter asks for. */
export function foldScalar(attribute: { type: Attribute['type']; caseExact: boolean }, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (attribute.type === 'dateTime') return toInstant(value) ?? value;
  return attribute.caseExact ? value : value.normalize('NFC').toLowerCase();
}
