import { isDeepStrictEqual } from 'node:util';
import { ScimError } from '../error.ts';
import { matches } from '../filter/matches.ts';
import type { Attribute, ResourceSchema } from '../schema/attribute.ts';
import { coerceResource, coerceValue, isObject, type Json, type Leniency } from '../schema/coerce.ts';
import { elementFrom } from './element.ts';
import type { PatchOp } from './operations.ts';
import { invalidPath, type PatchPath, parsePath } from './path.ts';

type AttributePath = Extract<PatchPath, { kind: 'attribute' }>;

/**
 * The resource after all operations, or an error and no change at all (RFC 7644 §3.5.2). Pure: the input stays as it
 * is. The result is coerced once more, so that required attributes and the single primary hold for the whole.
 */
export function applyPatch(schema: ResourceSchema, resource: Json, operations: PatchOp[], leniency: Leniency): Json {
  const draft = structuredClone(resource);
  for (const operation of operations) {
    if (operation.path === null) applyPathless(schema, draft, operation, leniency);
    else applyAt(schema, draft, operation, operation.path, leniency);
  }
  return coerceResource(schema, draft, leniency);
}

/** Without a path the value's keys are the paths; dotted and URN-qualified ones too (Entra). */
function applyPathless(schema: ResourceSchema, draft: Json, operation: PatchOp, leniency: Leniency): void {
  if (!isObject(operation.value)) {
    throw new ScimError(400, `${operation.op} without a path needs an object as value`, 'invalidValue');
  }
  for (const [key, value] of Object.entries(operation.value)) {
    const path = parsePath(schema, key);
    if (path === null) {
      if (leniency.tolerant || isOurs(key)) continue;
      throw invalidPath(key, 'no schema has this attribute');
    }
    // clients send back what they have read (Okta: id, groups): what only we may write is skipped here
    if (path.kind === 'attribute' && path.attribute.mutability === 'readOnly') continue;
    applyTo(draft, path, { ...operation, value }, leniency);
  }
}

function applyAt(schema: ResourceSchema, draft: Json, operation: PatchOp, text: string, leniency: Leniency): void {
  const path = parsePath(schema, text);
  if (path === null) {
    if (isOurs(text)) throw new ScimError(400, `${text} is read-only`, 'mutability');
    throw invalidPath(text, 'no schema has this attribute');
  }
  if (path.kind === 'attribute' && (path.attribute.mutability === 'readOnly' || path.sub?.mutability === 'readOnly')) {
    throw new ScimError(400, `${text} is read-only`, 'mutability');
  }
  applyTo(draft, path, operation, leniency);
}

function applyTo(draft: Json, path: PatchPath, operation: PatchOp, leniency: Leniency): void {
  if (path.kind === 'extension') return applyToExtension(draft, path, operation, leniency);
  const holder = path.owner === null ? draft : child(draft, path.owner);
  if (path.condition) applyToMatching(holder, path, operation, leniency);
  else if (path.sub) applyToSub(holder, path, path.sub, operation, leniency);
  else applyToAttribute(holder, path.attribute, path.text, operation, leniency);
}

function applyToExtension(
  draft: Json,
  path: Extract<PatchPath, { kind: 'extension' }>,
  operation: PatchOp,
  leniency: Leniency,
): void {
  if (operation.op === 'remove') {
    delete draft[path.owner];
    return;
  }
  if (!isObject(operation.value)) throw new ScimError(400, `${path.owner} must be an object`, 'invalidValue');
  const holder = child(draft, path.owner);
  for (const [key, value] of Object.entries(operation.value)) {
    const attribute = path.attributes.get(key.toLowerCase());
    if (attribute) applyToAttribute(holder, attribute, `${path.owner}:${key}`, { ...operation, value }, leniency);
  }
}

function applyToAttribute(
  holder: Json,
  attribute: Attribute,
  text: string,
  operation: PatchOp,
  leniency: Leniency,
): void {
  const { name } = attribute;
  const { op, value } = operation;
  if (op === 'remove' && attribute.multiValued && Array.isArray(value) && value.length) {
    const unwanted = coerceValue(attribute, value, text, leniency) as unknown[];
    keep(holder, name, (element) => !unwanted.some((item) => sameElement(element, item)));
    return;
  }
  const coerced = op === 'remove' ? undefined : coerceValue(attribute, value, text, leniency);
  if (coerced === undefined) delete holder[name];
  else if (attribute.multiValued && op === 'add') addElements(holder, name, coerced as unknown[]);
  else if (isObject(coerced) && isObject(holder[name]))
    Object.assign(holder[name], withoutNulls(holder[name], value, coerced));
  else holder[name] = coerced;
}

function applyToSub(holder: Json, path: AttributePath, sub: Attribute, operation: PatchOp, leniency: Leniency): void {
  const { attribute, text } = path;
  const value = operation.op === 'remove' ? undefined : coerceValue(sub, operation.value, text, leniency);
  if (attribute.multiValued) {
    for (const element of listAt(holder, attribute.name)) setOrDelete(element, sub.name, value);
    return;
  }
  if (value === undefined && !isObject(holder[attribute.name])) return;
  setOrDelete(child(holder, attribute.name), sub.name, value);
}

function applyToMatching(holder: Json, path: AttributePath, operation: PatchOp, leniency: Leniency): void {
  const { attribute, condition, sub, text } = path;
  if (!condition) return;
  const list = listAt(holder, attribute.name);
  const chosen = list.filter((element) => matches(condition, element));
  if (operation.op === 'remove') {
    if (!sub) return keep(holder, attribute.name, (element) => !chosen.includes(element as Json));
    for (const element of chosen) delete element[sub.name];
    return;
  }
  if (chosen.length === 0) {
    // Entra adds and replaces a work e-mail that is not there yet; strictly that has no target (RFC 7644 §3.5.2.3)
    const made = operation.op === 'add' || leniency.tolerant ? elementFrom(condition) : null;
    if (!made) throw new ScimError(400, `no element matches ${text}`, 'noTarget');
    holder[attribute.name] = [...list, made];
    chosen.push(made);
  }
  const value = coerceValue(sub ?? { ...attribute, multiValued: false }, operation.value, text, leniency);
  for (const element of chosen) {
    if (sub) setOrDelete(element, sub.name, value);
    else if (isObject(value)) Object.assign(element, value);
  }
  if (chosen.some((element) => element['primary'] === true)) demoteOthers(holder, attribute.name, chosen);
}

/** Adds what is not there yet; a new primary takes the place of the old one (RFC 7643 §2.4). */
function addElements(holder: Json, name: string, added: unknown[]): void {
  const list = [...listOf(holder[name])];
  const fresh = added.filter((item) => !list.some((element) => isDeepStrictEqual(element, item)));
  holder[name] = [...list, ...fresh];
  const primaries = fresh.filter((item): item is Json => isObject(item) && item['primary'] === true);
  if (primaries.length === 1) demoteOthers(holder, name, primaries);
}

function demoteOthers(holder: Json, name: string, chosen: Json[]): void {
  for (const element of listAt(holder, name)) {
    if (!chosen.includes(element) && element['primary'] === true) element['primary'] = false;
  }
}

/** A null inside a complex value unassigns that sub-attribute. */
function withoutNulls(existing: Json, raw: unknown, coerced: Json): Json {
  if (isObject(raw)) {
    for (const [key, value] of Object.entries(raw)) {
      const name = Object.keys(existing).find((known) => known.toLowerCase() === key.toLowerCase());
      if (value === null && name) delete existing[name];
    }
  }
  return coerced;
}

function sameElement(element: unknown, wanted: unknown): boolean {
  if (!isObject(element) || !isObject(wanted)) return element === wanted;
  return Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(element[key], value));
}

function keep(holder: Json, name: string, wanted: (element: unknown) => boolean): void {
  const rest = listOf(holder[name]).filter(wanted);
  if (rest.length) holder[name] = rest;
  else delete holder[name];
}

function setOrDelete(object: Json, name: string, value: unknown): void {
  if (value === undefined) delete object[name];
  else object[name] = value;
}

function child(holder: Json, name: string): Json {
  const existing = holder[name];
  if (isObject(existing)) return existing;
  const made: Json = {};
  holder[name] = made;
  return made;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function listAt(holder: Json, name: string): Json[] {
  return listOf(holder[name]).filter(isObject);
}

/** id, meta and schemas are ours; a client that sends them back means no harm. */
function isOurs(path: string): boolean {
  return ['id', 'meta', 'schemas'].includes(path.toLowerCase());
}
