import { ScimError } from '../error.ts';
import type { Attribute, ResourceSchema } from '../schema/attribute.ts';
import { coerceResource, coerceValue, isObject, type Json, type Leniency, noteUnknown } from '../schema/coerce.ts';
import { lookup, lookupExtension } from '../schema/lookup.ts';
import { addElements, applyToMatching, keep, lengthOf, PAIRS, type Rules } from './elements.ts';
import type { PatchOp } from './operations.ts';
import { invalidPath, type PatchPath, parsePath } from './path.ts';

type AttributePath = Extract<PatchPath, { kind: 'attribute' }>;

/**
 * The resource after all operations, or an error and no change at all (RFC 7644 §3.5.2). Pure: the input stays as it
 * is. The result is coerced once more, so that required attributes and the single primary hold for the whole.
 */
export function applyPatch(schema: ResourceSchema, resource: Json, operations: PatchOp[], leniency: Leniency): Json {
  const draft = JSON.parse(JSON.stringify(resource)) as Json; // a third of what structuredClone costs
  const rules = { ...leniency, spend: purse() };
  for (const operation of operations) {
    if (operation.path === null) applyPathless(schema, draft, operation, rules);
    else applyAt(schema, draft, operation, operation.path, rules);
  }
  const { tolerant } = leniency;
  return coerceResource(schema, draft, { tolerant }, resource); // what was stored is nobody's quirk now
}

/**
 * What all operations of a request may cost together, in elements that a filter looks at: 150 of them on 100 elements
 * each. Thousands on thousands would keep everybody else waiting for seconds.
 */
const MAX_COST = 15_000;

function purse(): (cost: number) => void {
  let spent = 0;
  return (cost) => {
    spent += cost;
    if (spent > MAX_COST)
      throw new ScimError(413, 'too much for one PATCH; send fewer operations at a time', 'tooMany');
  };
}

/** Without a path the value's keys are the paths; tolerant, dotted ones and such with brackets too (Entra). */
function applyPathless(schema: ResourceSchema, draft: Json, operation: PatchOp, leniency: Rules): void {
  if (!isObject(operation.value)) {
    throw new ScimError(400, `${operation.op} without a path needs an object as value`, 'invalidValue');
  }
  for (const [key, value] of Object.entries(operation.value)) {
    leniency.spend(1);
    const path = isUnknownName(schema, key, leniency) ? null : parsePath(schema, key, leniency);
    if (path === null) {
      if (isOurs(key)) continue;
      if (!leniency.tolerant) throw invalidPath(key, 'no schema has this attribute');
      noteUnknown(key, leniency);
      continue;
    }
    if (!isPlain(path, key)) {
      if (!leniency.tolerant) throw invalidPath(key, 'give it as the path of an operation');
      leniency.note?.(path.kind === 'attribute' && (path.brackets || path.sub) ? 'dotted_key' : 'urn_key');
    }
    // clients send back what they have read (Okta: id, groups): what only we may write is skipped here
    if (path.kind === 'attribute' && path.attribute.mutability === 'readOnly') continue;
    applyTo(draft, path, { ...operation, value }, leniency);
  }
}

function applyAt(schema: ResourceSchema, draft: Json, operation: PatchOp, text: string, leniency: Rules): void {
  const path = parsePath(schema, text, leniency);
  if (path === null) {
    if (isOurs(text)) throw new ScimError(400, `${text.slice(0, 200)} is read-only`, 'mutability');
    // as in a POST: an attribute of a schema that we do not know is not ours to judge
    if (!leniency.tolerant) throw invalidPath(text, 'no schema has this attribute');
    noteUnknown(text, leniency);
    return;
  }
  if (path.kind === 'attribute') refuseForbidden(path, operation);
  applyTo(draft, path, operation, leniency);
}

/** RFC 7644 §3.5.2.2: neither a read-only nor a required attribute can be removed. */
function refuseForbidden(path: AttributePath, operation: PatchOp): void {
  const { attribute, sub, text } = path;
  if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly') {
    throw new ScimError(400, `${text} is read-only`, 'mutability');
  }
  if (operation.op === 'remove' && attribute.required && !sub) {
    throw new ScimError(400, `${text} is required and cannot be removed`, 'mutability');
  }
}

function applyTo(draft: Json, path: PatchPath, operation: PatchOp, leniency: Rules): void {
  if (path.kind === 'extension') {
    applyToExtension(draft, path, operation, leniency);
    return;
  }
  const holder = path.owner === null ? draft : child(draft, path.owner);
  if (path.brackets) applyToMatching(holder, path, path.brackets, operation, leniency);
  else if (path.sub) applyToSub(holder, path, path.sub, operation, leniency);
  else applyToAttribute(holder, path.attribute, path.text, operation, leniency);
}

function applyToExtension(
  draft: Json,
  path: Extract<PatchPath, { kind: 'extension' }>,
  operation: PatchOp,
  leniency: Rules,
): void {
  if (operation.op === 'remove' || operation.value === null) {
    delete draft[path.owner];
    return;
  }
  if (!isObject(operation.value)) throw new ScimError(400, `${path.owner} must be an object`, 'invalidValue');
  const holder = child(draft, path.owner);
  for (const [key, value] of Object.entries(operation.value)) {
    const attribute = path.attributes.get(key.toLowerCase());
    if (attribute) applyToAttribute(holder, attribute, `${path.owner}:${key}`, { ...operation, value }, leniency);
    else if (leniency.tolerant) noteUnknown(key, leniency);
    else throw invalidPath(`${path.owner}:${key}`, 'no schema has this attribute');
  }
}

function applyToAttribute(holder: Json, attribute: Attribute, text: string, operation: PatchOp, leniency: Rules): void {
  const { name, multiValued } = attribute;
  const { op, value } = operation;
  if (op === 'remove' && multiValued && Array.isArray(value) && value.length) {
    removeListed(holder, attribute, coerceValue(attribute, value, text, leniency), leniency);
    return;
  }
  // "a new value is added" (RFC 7644 §3.5.2.1): to a multi-valued attribute one alone may be given
  const given = op === 'add' && multiValued && isObject(value) ? [value] : value;
  const coerced = op === 'remove' ? undefined : coerceValue(attribute, given, text, leniency);
  if (multiValued && op === 'add') addElements(holder, name, Array.isArray(coerced) ? coerced : [], leniency);
  else if (coerced === undefined) unassign(holder, name, value);
  else if (isObject(coerced) && isObject(holder[name])) {
    unassign(holder, name, value);
    Object.assign(child(holder, name), coerced);
  } else holder[name] = coerced;
}

/** Removes an attribute, or those sub-attributes of it that the given value names as null. */
function unassign(holder: Json, name: string, value: unknown): void {
  const existing = holder[name];
  if (!isObject(value) || !isObject(existing)) {
    delete holder[name];
    return;
  }
  const nulls = Object.keys(value).filter((key) => value[key] === null);
  for (const key of nulls) {
    const known = Object.keys(existing).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
    if (known) delete existing[known];
  }
}

function removeListed(holder: Json, attribute: Attribute, unwanted: unknown, rules: Rules): void {
  const list = Array.isArray(unwanted) ? unwanted : [];
  rules.spend((list.length * lengthOf(holder[attribute.name])) / PAIRS);
  const wanted = list.map((item) => (isObject(item) ? Object.entries(item) : item));
  keep(holder, attribute.name, (element) => !wanted.some((item) => isLike(element, item)));
}

/** Like is what has all that the wanted one says: `{ value }` is enough to name an element. */
function isLike(element: unknown, wanted: unknown): boolean {
  if (!isObject(element) || !Array.isArray(wanted)) return element === wanted;
  return wanted.every(([key, value]) => element[key] === value);
}

function applyToSub(holder: Json, path: AttributePath, sub: Attribute, operation: PatchOp, leniency: Leniency): void {
  const { attribute, text } = path;
  const value = operation.op === 'remove' ? undefined : coerceValue(sub, operation.value, text, leniency);
  if (attribute.multiValued) {
    const elements = Array.isArray(holder[attribute.name]) ? (holder[attribute.name] as Json[]) : [];
    // what is not there yet is added (RFC 7644 §3.5.2.3)
    if (elements.length === 0 && value !== undefined) holder[attribute.name] = [{ [sub.name]: value }];
    for (const element of elements) setOrDelete(element, sub.name, value);
    return;
  }
  if (value === undefined && !isObject(holder[attribute.name])) return;
  setOrDelete(child(holder, attribute.name), sub.name, value);
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

/** Keys are the client's own words, a vendor's URN perhaps: one without brackets need not even be a path. */
function isUnknownName(schema: ResourceSchema, key: string, leniency: Leniency): boolean {
  return !key.includes('[') && !lookupExtension(schema, key) && !lookup(schema, key, leniency);
}

function isPlain(path: PatchPath, key: string): boolean {
  return path.kind === 'extension' || (!path.brackets && !path.sub && path.attribute.name.length === key.length);
}

/** id, meta and schemas are ours; a client that sends them back means no harm. */
function isOurs(path: string): boolean {
  return ['id', 'meta', 'schemas'].includes(path.toLowerCase().split('.', 1)[0] ?? '');
}
