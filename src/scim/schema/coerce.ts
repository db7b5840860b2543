import { isDeepStrictEqual } from 'node:util';
import { fold } from '../../directory/stored.ts';
import type { QuirkName } from '../../model/quirk.ts';
import { ScimError } from '../error.ts';
import type { Attribute, Attributes, Extension, ResourceSchema } from './attribute.ts';
import { toInstant } from './date-time.ts';

export type Json = Record<string, unknown>;
export type Leniency = {
  /** Accept what real clients send though the RFC does not allow it; off for the rfc profile. */
  readonly tolerant: boolean;
  /** Told of each deviation that was accepted; once a request is enough, more does no harm. */
  readonly note?: ((quirk: QuirkName) => void) | undefined;
};

/**
 * A clean copy of what a client sent: canonical names, checked types, no nulls or empty arrays (RFC 7643 §2.5: they say
 * "unassigned"), nothing read-only or never returned, at most one primary. Throws 400 invalidValue or invalidSyntax.
 *
 * `stored` is the resource that a PATCH has changed. What it left alone in extensions is not judged again: a tenant may
 * have declared them anew since, and a leaver must be able to leave all the same.
 */
export function coerceResource(
  schema: ResourceSchema,
  input: unknown,
  leniency: Leniency,
  stored: Json | null = null,
): Json {
  if (!isObject(input)) throw new ScimError(400, 'the body must be a JSON object', 'invalidSyntax');
  if (!stored) checkSchemas(schema, input, leniency);
  const resource: Json = {};
  const urns: string[] = [schema.id];
  for (const [key, value] of Object.entries(input)) {
    const name = key.toLowerCase();
    const extension = schema.extensions.get(name);
    if (extension) {
      const part = coerceExtension(extension, value, stored?.[extension.id], leniency);
      if (Object.keys(part).length === 0) continue;
      resource[extension.id] = part;
      urns.push(extension.id);
    } else if (stored && name.startsWith('urn:') && Object.hasOwn(stored, key)) {
      // of an extension that is declared no more: it goes with the first change
    } else if (name !== 'schemas' && name !== 'id' && name !== 'meta') {
      assign(resource, schema.attributes.get(name), key, value, key, leniency);
    }
  }
  requireAll(schema.attributes, resource, '');
  requireExtensions(schema, resource, stored);
  return { schemas: urns, ...resource };
}

/** One extension's attributes; those that are as they were stored stay so. */
function coerceExtension({ id, attributes }: Extension, value: unknown, stored: unknown, leniency: Leniency): Json {
  if (value === null) return {};
  if (!isObject(value)) return mustBe(id, 'an object');
  const before = isObject(stored) ? stored : null;
  const part: Json = {};
  for (const [key, item] of Object.entries(value)) {
    const attribute = attributes.get(key.toLowerCase());
    const unchanged = before !== null && Object.hasOwn(before, key) && isDeepStrictEqual(before[key], item);
    if (!unchanged) assign(part, attribute, key, item, `${id}.${key}`, leniency);
    else if (attribute) part[attribute.name] = item;
  }
  if (Object.keys(part).length > 0) requireAll(attributes, part, `${id}:`, before);
  return part;
}

/** RFC 7643 §6: some extensions are not for everybody to leave out. */
function requireExtensions(schema: ResourceSchema, resource: Json, stored: Json | null): void {
  for (const { id, required } of schema.extensions.values()) {
    if (!required || resource[id] !== undefined || (stored && stored[id] === undefined)) continue;
    throw new ScimError(400, `the extension ${id} is required`, 'invalidValue');
  }
}

/** Strictly a body says which schemas it follows, and only ones we know (RFC 7643 §3). */
function checkSchemas(schema: ResourceSchema, input: Json, { tolerant, note }: Leniency): void {
  const schemas = input['schemas'] ?? Object.entries(input).find(([key]) => key.toLowerCase() === 'schemas')?.[1];
  const urns = Array.isArray(schemas) ? schemas.map((urn) => (typeof urn === 'string' ? urn.toLowerCase() : '')) : [];
  if (!urns.includes(schema.id.toLowerCase())) {
    if (tolerant) {
      note?.('no_schemas');
      return;
    }
    throw new ScimError(400, `schemas must contain ${schema.id}`, 'invalidSyntax');
  }
  const foreign = urns.find((urn) => urn !== schema.id.toLowerCase() && !schema.extensions.has(urn));
  if (foreign === undefined) return;
  if (!tolerant) throw new ScimError(400, `there is no schema "${excerpt(foreign)}" here`, 'invalidSyntax');
  note?.('unknown_schema_ignored');
}

/** More than any person has of anything; a group's members are rows and may be many more. */
const MAX_VALUES = 1_000;
/** A photo as a data URI fits in. */
const MAX_TEXT = 500_000;

/** The value of one attribute as it is stored, or undefined where it says "unassigned". `path` is for messages. */
export function coerceValue(attribute: Attribute, value: unknown, path: string, leniency: Leniency): unknown {
  if (value === null || value === undefined) return undefined;
  if (!attribute.multiValued) return coerceSingle(attribute, single(value, path, leniency), path, leniency);
  const list = Array.isArray(value) ? value : leniency.tolerant ? [value] : mustBe(path, 'an array');
  if (list !== value) leniency.note?.('single_not_array');
  if (list.length > MAX_VALUES && attribute.name !== 'members') {
    throw new ScimError(400, `${excerpt(path)} has more than ${MAX_VALUES} values`, 'invalidValue');
  }
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
    if (leniency.tolerant) {
      noteUnknown(key, leniency);
      return;
    }
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
      return Number.isSafeInteger(value) ? value : mustBe(path, 'a whole number below 2^53');
    case 'decimal':
      return Number.isFinite(value) ? value : mustBe(path, 'a number');
    case 'dateTime':
      return typeof value === 'string' && toInstant(value) ? value : mustBe(path, 'a date and time');
    case 'string':
    case 'reference':
    case 'binary':
      return canonical(attribute, toText(value, path, leniency), path, leniency);
    default:
      return attribute.type satisfies never;
  }
}

/** A bare string where an object is due means its `value` (Entra's manager, members of many clients). */
function coerceComplex(attribute: Attribute, value: unknown, path: string, leniency: Leniency): unknown {
  const sub = attribute.sub ?? new Map<string, Attribute>();
  if (leniency.tolerant && value === '') {
    leniency.note?.('empty_text_for_object'); // Entra unassigns a manager so
    return undefined;
  }
  const bare = leniency.tolerant && typeof value === 'string' && sub.has('value');
  const object = bare ? { value } : value;
  if (bare) leniency.note?.(attribute.name === 'members' ? 'bare_member' : 'bare_value');
  const result = coerceObject(sub, object, path, leniency);
  requireAll(sub, result, `${path}.`);
  return isEmpty(result) ? undefined : result;
}

/** Entra sends "True" and "False", in any case; answering 200 and storing nothing would leave a leaver with access. */
function toBoolean(value: unknown, path: string, leniency: Leniency): boolean {
  if (typeof value === 'boolean') return value;
  const word = leniency.tolerant && typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (word !== 'true' && word !== 'false') return mustBe(path, 'true or false');
  leniency.note?.('string_boolean');
  return word === 'true';
}

function toText(value: unknown, path: string, leniency: Leniency): string {
  const text = leniency.tolerant && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value;
  if (typeof text !== 'string') return mustBe(path, 'a string');
  if (text !== value) leniency.note?.('number_for_text');
  if (text.length > MAX_TEXT) return mustBe(path, `text of ${MAX_TEXT} characters at most`);
  // PostgreSQL stores neither NUL nor half a character
  if (text.includes('\u0000') || !text.isWellFormed()) return mustBe(path, 'text without NUL or broken characters');
  return text;
}

/** Where a schema lists the values, one of them in the list's own spelling (RFC 7643 §7). */
function canonical({ canonicalValues: list, caseExact }: Attribute, text: string, path: string, leniency: Leniency) {
  if (!list || list.includes(text)) return text;
  const meant = leniency.tolerant || !caseExact ? list.find((value) => fold(value) === fold(text)) : undefined;
  return meant ?? mustBe(path, `one of ${excerpt(list.map((value) => JSON.stringify(value)).join(', '), 1_000)}`);
}

/** Entra wraps the one manager in an array. */
function single(value: unknown, path: string, leniency: Leniency): unknown {
  if (!Array.isArray(value)) return value;
  if (!leniency.tolerant || value.length !== 1) return mustBe(path, 'one value, not an array');
  leniency.note?.('one_in_array');
  return value[0];
}

function onePrimary(items: unknown[], path: string): void {
  const primaries = items.filter((item) => isObject(item) && item['primary'] === true);
  if (primaries.length > 1) throw new ScimError(400, `only one value of ${path} can be primary`, 'invalidValue');
}

function requireAll(attributes: Attributes, object: Json, prefix: string, before: Json | null = null): void {
  for (const attribute of attributes.values()) {
    if (!attribute.required || attribute.mutability === 'readOnly') continue;
    const value = object[attribute.name];
    if (value === undefined || (typeof value === 'string' && value.trim() === '')) {
      if (before && before[attribute.name] === value) continue; // it was missing before anybody demanded it
      throw new ScimError(400, `${prefix}${attribute.name} is required`, 'invalidValue');
    }
  }
}

/** An extension of somebody else is a whole schema, named by its URN (RFC 7643 §3.3). */
export function noteUnknown(name: string, { note }: Leniency): void {
  note?.(/^urn:/i.test(name) ? 'unknown_schema_ignored' : 'unknown_attribute_ignored');
}

function mustBe(path: string, what: string): never {
  throw new ScimError(400, `${excerpt(path)} must be ${what}`, 'invalidValue');
}

/** What a client sent, as a message may repeat it. */
export function excerpt(text: string, length = 200): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
