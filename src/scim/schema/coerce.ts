import { ScimError } from '../error.ts';
import type { Attribute, Attributes, ResourceSchema } from './attribute.ts';
import { toInstant } from './date-time.ts';

export type Json = Record<string, unknown>;
export type Leniency = {
  /** Accept what real clients send though the RFC does not allow it; off for the rfc profile. */
  readonly tolerant: boolean;
};

/**
 * A clean copy of what a client sent: canonical names, checked types, no nulls or empty arrays (RFC 7643 §2.5: they say
 * "unassigned"), nothing read-only or never returned, at most one primary. Throws 400 invalidValue or invalidSyntax.
 */
export function coerceResource(schema: ResourceSchema, input: unknown, leniency: Leniency): Json {
  if (!isObject(input)) throw new ScimError(400, 'the body must be a JSON object', 'invalidSyntax');
  if (!leniency.tolerant) checkSchemas(schema, input);
  const resource: Json = {};
  const urns: string[] = [schema.id];
  for (const [key, value] of Object.entries(input)) {
    const name = key.toLowerCase();
    const extension = schema.extensions.get(name);
    if (extension) {
      const part = value === null ? {} : coerceObject(extension.attributes, value, extension.id, leniency);
      if (Object.keys(part).length === 0) continue;
      resource[extension.id] = part;
      urns.push(extension.id);
    } else if (name !== 'schemas' && name !== 'id' && name !== 'meta') {
      assign(resource, schema.attributes.get(name), key, value, key, leniency);
    }
  }
  requireAll(schema.attributes, resource, '');
  return { schemas: urns, ...resource };
}

/** Strictly a body says which schemas it follows, and only ones we know (RFC 7643 §3). */
function checkSchemas(schema: ResourceSchema, input: Json): void {
  const schemas = Object.entries(input).find(([key]) => key.toLowerCase() === 'schemas')?.[1];
  const urns = Array.isArray(schemas) ? schemas.map((urn) => String(urn).toLowerCase()) : [];
  if (!urns.includes(schema.id.toLowerCase())) {
    throw new ScimError(400, `schemas must contain ${schema.id}`, 'invalidSyntax');
  }
  const foreign = urns.find((urn) => urn !== schema.id.toLowerCase() && !schema.extensions.has(urn));
  if (foreign) throw new ScimError(400, `there is no schema "${excerpt(foreign)}" here`, 'invalidSyntax');
}

/** The value of one attribute as it is stored, or undefined where it says "unassigned". `path` is for messages. */
export function coerceValue(attribute: Attribute, value: unknown, path: string, leniency: Leniency): unknown {
  if (value === null || value === undefined) return undefined;
  if (!attribute.multiValued) return coerceSingle(attribute, single(value, path, leniency), path, leniency);
  const list = Array.isArray(value) ? value : leniency.tolerant ? [value] : mustBe(path, 'an array');
  const items = list
    .map((item) => coerceSingle(attribute, item, path, leniency))
    .filter((item) => item !== undefined && !isEmpty(item));
  onePrimary(items, path);
  return items.length ? withoutTwins(items) : undefined;
}

/** The same type and value are kept once (RFC 7643 §2.4), the primary one of them if there is one. */
function withoutTwins(items: unknown[]): unknown[] {
  const kept = new Map<string, unknown>();
  items.forEach((item, index) => {
    const named = isObject(item) && item['value'] !== undefined;
    const key = named ? JSON.stringify([item['type'], item['value']]) : String(index);
    if (!kept.has(key) || (isObject(item) && item['primary'] === true)) kept.set(key, item);
  });
  return kept.size === items.length ? items : [...kept.values()];
}

function coerceObject(attributes: Attributes, input: unknown, path: string, leniency: Leniency): Json {
  if (!isObject(input)) return mustBe(path, 'an object');
  const object: Json = {};
  for (const [key, value] of Object.entries(input)) {
    assign(object, attributes.get(key.toLowerCase()), key, value, `${path}.${key}`, leniency);
  }
  return object;
}

function assign(
  into: Json,
  attribute: Attribute | undefined,
  key: string,
  value: unknown,
  path: string,
  leniency: Leniency,
): void {
  if (!attribute) {
    if (leniency.tolerant) return;
    throw new ScimError(400, `the schema has no attribute "${excerpt(key)}"`, 'invalidSyntax');
  }
  // a client may send back what it has read (RFC 7644 §3.5.1): read-only values are ignored, passwords never stored
  if (attribute.mutability === 'readOnly' || attribute.returned === 'never') return;
  const coerced = coerceValue(attribute, value, path, leniency);
  if (coerced !== undefined) into[attribute.name] = coerced;
}

function coerceSingle(attribute: Attribute, value: unknown, path: string, leniency: Leniency): unknown {
  if (value === null || value === undefined) return undefined;
  switch (attribute.type) {
    case 'complex':
      return coerceComplex(attribute, value, path, leniency);
    case 'boolean':
      return toBoolean(value, path, leniency);
    case 'integer':
      return Number.isInteger(value) ? value : mustBe(path, 'a whole number');
    case 'decimal':
      return typeof value === 'number' ? value : mustBe(path, 'a number');
    case 'dateTime':
      return typeof value === 'string' && toInstant(value) ? value : mustBe(path, 'a date and time');
    case 'string':
    case 'reference':
    case 'binary':
      return toText(value, path, leniency);
    default:
      return attribute.type satisfies never;
  }
}

/** A bare string where an object is due means its `value` (Entra's manager, members of many clients). */
function coerceComplex(attribute: Attribute, value: unknown, path: string, leniency: Leniency): unknown {
  const sub = attribute.sub ?? new Map<string, Attribute>();
  if (leniency.tolerant && value === '') return undefined; // Entra unassigns a manager so
  const object = leniency.tolerant && typeof value === 'string' && sub.has('value') ? { value } : value;
  const result = coerceObject(sub, object, path, leniency);
  requireAll(sub, result, `${path}.`);
  return isEmpty(result) ? undefined : result;
}

/** Entra sends "True" and "False", in any case; answering 200 and storing nothing would leave a leaver with access. */
function toBoolean(value: unknown, path: string, leniency: Leniency): boolean {
  if (typeof value === 'boolean') return value;
  const word = leniency.tolerant && typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true';
  return mustBe(path, 'true or false');
}

function toText(value: unknown, path: string, leniency: Leniency): string {
  const text = leniency.tolerant && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value;
  if (typeof text !== 'string') return mustBe(path, 'a string');
  // PostgreSQL stores neither NUL nor half a character
  if (text.includes('\u0000') || !text.isWellFormed()) return mustBe(path, 'text without NUL or broken characters');
  return text;
}

/** Entra wraps the one manager in an array. */
function single(value: unknown, path: string, leniency: Leniency): unknown {
  if (!Array.isArray(value)) return value;
  return leniency.tolerant && value.length === 1 ? value[0] : mustBe(path, 'one value, not an array');
}

function onePrimary(items: unknown[], path: string): void {
  const primaries = items.filter((item) => isObject(item) && item['primary'] === true);
  if (primaries.length > 1) throw new ScimError(400, `only one value of ${path} can be primary`, 'invalidValue');
}

function requireAll(attributes: Attributes, object: Json, prefix: string): void {
  for (const attribute of attributes.values()) {
    if (!attribute.required || attribute.mutability === 'readOnly') continue;
    const value = object[attribute.name];
    if (value === undefined || (typeof value === 'string' && value.trim() === '')) {
      throw new ScimError(400, `${prefix}${attribute.name} is required`, 'invalidValue');
    }
  }
}

function mustBe(path: string, what: string): never {
  throw new ScimError(400, `${excerpt(path)} must be ${what}`, 'invalidValue');
}

/** What a client sent, as a message may repeat it. */
export function excerpt(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
