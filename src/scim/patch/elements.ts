import { isDeepStrictEqual } from 'node:util';
import type { Condition, Filter } from '../../model/filter.ts';
import { ScimError } from '../error.ts';
import { matches } from '../filter/matches.ts';
import type { Attribute } from '../schema/attribute.ts';
import { coerceValue, isObject, type Json, type Leniency } from '../schema/coerce.ts';
import { elementFrom } from './element.ts';
import type { PatchOp } from './operations.ts';

type Target = { attribute: Attribute; sub: Attribute | null; text: string };
/** How an operation is taken, and what it may cost: see applyPatch. */
export type Rules = Leniency & { readonly spend: (cost: number) => void };
type Brackets = { filter: Filter; condition: Condition };

/** An operation on those elements of a multi-valued attribute that a filter chooses (RFC 7644 §3.5.2). */
export function applyToMatching(
  holder: Json,
  target: Target,
  brackets: Brackets,
  operation: PatchOp,
  leniency: Rules,
): void {
  const { attribute, sub, text } = target;
  leniency.spend(lengthOf(holder[attribute.name]));
  const chosen = elementsOf(holder, attribute.name).filter((element) => matches(brackets.condition, element));
  const given = operation.op === 'remove' ? undefined : operation.value;
  const value = coerceValue(sub ?? { ...attribute, multiValued: false }, given, text, leniency);
  if (value === undefined) {
    removeFrom(holder, attribute.name, chosen, sub);
    return;
  }
  if (chosen.length === 0) chosen.push(addedElement(holder, target, brackets, operation, leniency));
  for (const element of chosen) {
    if (sub) element[sub.name] = value;
    else if (isObject(value)) overwrite(element, value, operation, elementFrom(attribute, brackets.filter));
  }
  if (chosen.some((element) => element['primary'] === true)) demoteOthers(holder, attribute.name, chosen);
}

/** Null unassigns (RFC 7643 §2.5), so it removes as `remove` does. */
function removeFrom(holder: Json, name: string, chosen: Json[], sub: Attribute | null): void {
  if (sub) for (const element of chosen) delete element[sub.name];
  else keep(holder, name, (element) => !chosen.some((one) => one === element));
}

/** Entra adds and replaces a work e-mail that is not there yet; strictly that has no target (RFC 7644 §3.5.2.3). */
function addedElement(holder: Json, target: Target, brackets: Brackets, operation: PatchOp, leniency: Leniency): Json {
  const { attribute, text } = target;
  const described = operation.op === 'add' || leniency.tolerant ? elementFrom(attribute, brackets.filter) : null;
  if (!described) throw new ScimError(400, `no element matches ${text}`, 'noTarget');
  if (operation.op === 'replace') leniency.note?.('replace_adds_element');
  const made = coerceValue({ ...attribute, multiValued: false }, described, text, leniency);
  const element = isObject(made) ? made : {};
  holder[attribute.name] = [...elementsOf(holder, attribute.name), element];
  return element;
}

/** `replace` exchanges the whole element and keeps what it was chosen by; `add` fills it up. */
function overwrite(element: Json, value: Json, operation: PatchOp, chosenBy: Json | null): void {
  if (operation.op === 'replace') {
    for (const key of Object.keys(element)) if (!chosenBy || !(key in chosenBy)) delete element[key];
  }
  Object.assign(element, value);
}

/**
 * Adds what is not there yet. One with the same value and type as another is that one (RFC 7643 §2.4 wants no pair
 * twice) and fills it up; a new primary takes the place of the old one.
 */
export function addElements(holder: Json, name: string, added: unknown[], rules: Rules): void {
  rules.spend((added.length * lengthOf(holder[name])) / PAIRS);
  const list: unknown[] = Array.isArray(holder[name]) ? [...holder[name]] : [];
  const touched: Json[] = [];
  for (const item of added) {
    if (!isObject(item)) {
      if (!list.includes(item)) list.push(item);
      continue;
    }
    const twin = list.find((element): element is Json => isObject(element) && isSame(element, item));
    if (twin) Object.assign(twin, item);
    else list.push(item);
    touched.push(twin ?? item);
  }
  if (list.length) holder[name] = list;
  const primaries = touched.filter((item) => item['primary'] === true);
  if (primaries.length === 1) demoteOthers(holder, name, primaries);
}

/** How many pairs are compared while a filter looks at one element. */
export const PAIRS = 50;

export function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function isSame(element: Json, item: Json): boolean {
  if (item['value'] === undefined) return isDeepStrictEqual(element, item);
  return element['value'] === item['value'] && element['type'] === item['type'];
}

/** Leaves `chosen` alone as primary: at most one may be (RFC 7643 §2.4). */
export function demoteOthers(holder: Json, name: string, chosen: Json[]): void {
  for (const element of elementsOf(holder, name)) {
    if (!chosen.includes(element) && element['primary'] === true) element['primary'] = false;
  }
}

/** Keeps the wanted elements; an attribute without any is unassigned. */
export function keep(holder: Json, name: string, wanted: (element: unknown) => boolean): void {
  const list: unknown[] = Array.isArray(holder[name]) ? holder[name] : [];
  const rest = list.filter(wanted);
  if (rest.length) holder[name] = rest;
  else delete holder[name];
}

function elementsOf(holder: Json, name: string): Json[] {
  const list: unknown[] = Array.isArray(holder[name]) ? holder[name] : [];
  return list.filter(isObject);
}
