import { emailOf } from '../model/email.ts';
import type { Person, Resource } from '../model/person.ts';
import { ATTRIBUTE_NAMES, attributeOf, ENTERPRISE } from './desired.ts';
import { managerFact } from './manager-facts.ts';
import { EXPRESSION_NAMES, NAME_PARTS } from './mapping-expression.ts';

const ENTERPRISE_NAMES = ['employeeNumber', 'costCenter', 'organization', 'division', 'department', 'manager'];
const ELEMENT_PARTS = ['value', 'type', 'display', 'primary'];
const ADDRESS_PARTS = ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country', 'type', 'primary'];

/** All that `from` may name, without the attributes of a tenant's own extensions. */
export const SOURCE_NAMES: readonly string[] = [
  ...new Set([...ATTRIBUTE_NAMES, ...EXPRESSION_NAMES.texts, ...EXPRESSION_NAMES.lists]),
  ...NAME_PARTS.map((part) => `name.${part}`),
  ...['manager.value', 'manager.displayName'],
  ...EXPRESSION_NAMES.lists.flatMap((list) => partsOf(list).map((part) => `${list}.${part}`)),
];

/** A path like `urn:example:Store:1.0:User:desk.room` taken apart; null for one that begins with no URN. */
export function urnPath(from: string): { urn: string; steps: string[] } | null {
  if (!from.startsWith('urn:')) return null;
  const end = from.lastIndexOf(':');
  return { urn: from.slice(0, end), steps: from.slice(end + 1).split('.') };
}

/** How the values behind a path are read: texts, the primary one first, none where the source says nothing. */
export function readerOf(from: string): (person: Person) => string[] {
  const manager = managerFact(from);
  if (manager) return ({ manager: known }) => texts([known?.[manager] ?? null]);
  if (from === 'email') return ({ resource }) => texts([emailOf(resource)]);
  if (ATTRIBUTE_NAMES.includes(from)) return ({ resource }) => texts([attributeOf(resource, from)]);
  const path = urnPath(from);
  if (path) return ({ resource }) => texts(below(resource[path.urn], path.steps));
  const steps = from.split('.');
  const enterprise = ENTERPRISE_NAMES.includes(steps[0] ?? '');
  return ({ resource }) => texts(below(enterprise ? resource[ENTERPRISE] : resource, steps));
}

/** Values as texts; what is neither text nor number nor truth, and what is empty, is none. */
export function texts(values: readonly unknown[]): string[] {
  const plain = values.filter((value) => ['string', 'number', 'bigint', 'boolean'].includes(typeof value));
  return plain.map(String).filter((text) => text !== '');
}

function below(value: unknown, steps: readonly string[]): unknown[] {
  if (Array.isArray(value)) return primaryFirst(value).flatMap((item) => below(item, steps));
  const [step, ...rest] = steps;
  if (step === undefined) return [isObject(value) ? value['value'] : value];
  return isObject(value) && Object.hasOwn(value, step) ? below(value[step], rest) : [];
}

function primaryFirst(list: readonly unknown[]): readonly unknown[] {
  const primary = list.findIndex((item) => isObject(item) && item['primary'] === true);
  return primary > 0 ? [list[primary], ...list.toSpliced(primary, 1)] : list;
}

/**
 * A person as expressions see them. Every name is bound: a text that is absent is "", a list empty, and what an
 * expression reads of an extension null.
 */
export function expressionValues(
  person: Person,
  reads: ReadonlySet<string>,
  carried: readonly (readonly string[])[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of EXPRESSION_NAMES.texts) if (reads.has(name)) values[name] = textNamed(person, name);
  for (const name of EXPRESSION_NAMES.lists) if (reads.has(name)) values[name] = elements(person.resource[name], name);
  if (reads.has('name')) values['name'] = filled(person.resource['name'], NAME_PARTS);
  if (reads.has('active')) values['active'] = person.status === 'active';
  if (reads.has('groups')) values['groups'] = [...person.groups];
  if (reads.has('extensions')) values['extensions'] = extensionsOf(person.resource, carried);
  return values;
}

function textNamed({ resource, manager }: Person, name: string): string {
  const fact = managerFact(name);
  if (fact) return manager?.[fact] ?? '';
  if (name === 'email') return emailOf(resource) ?? '';
  if (ATTRIBUTE_NAMES.includes(name)) return attributeOf(resource, name) ?? '';
  const holder = ENTERPRISE_NAMES.includes(name) ? resource[ENTERPRISE] : resource;
  const value = isObject(holder) ? holder[name] : null;
  return typeof value === 'string' ? value : '';
}

function elements(list: unknown, name: string): unknown[] {
  return Array.isArray(list) ? list.filter(isObject).map((item) => filled(item, partsOf(name))) : [];
}

function partsOf(list: string): readonly string[] {
  return list === 'addresses' ? ADDRESS_PARTS : ELEMENT_PARTS;
}

/** An object with each of these parts, so that none is missing. */
function filled(value: unknown, parts: readonly string[]): Record<string, unknown> {
  const known = isObject(value) ? value : {};
  return Object.fromEntries(
    parts.map((part) => (part === 'primary' ? [part, known[part] === true] : [part, texts([known[part]])[0] ?? ''])),
  );
}

function extensionsOf(resource: Resource, carried: readonly (readonly string[])[]): Record<string, unknown> {
  const urns = Object.entries(resource).filter(([key]) => key.startsWith('urn:'));
  const values = Object.fromEntries(urns.map(([urn, value]) => [urn, numbersAsInt(value)]));
  for (const path of carried) bind(values, path);
  return values;
}

/** Makes a path readable: null at its end and objects on the way, where there is nothing. */
function bind(values: Record<string, unknown>, path: readonly string[]): void {
  let holder = values;
  for (const [index, name] of path.entries()) {
    const last = index > 0 && index === path.length - 1;
    if (!Object.hasOwn(holder, name)) holder[name] = last ? null : {};
    const next = holder[name];
    if (!isObject(next)) return;
    holder = next;
  }
}

/** CEL tells whole numbers from others by their type. */
function numbersAsInt(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(numbersAsInt);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, numbersAsInt(part)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
