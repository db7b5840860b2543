import type { AttributeRef, CompareOp, Condition, Filter, FilterValue } from '../../model/filter.ts';
import type { Attribute, ResourceSchema } from '../schema/attribute.ts';
import type { Leniency } from '../schema/coerce.ts';
import { toInstant } from '../schema/date-time.ts';
import { lookup } from '../schema/lookup.ts';
import { foldScalar } from '../schema/search.ts';
import { invalidFilter } from './tokens.ts';

/** Attributes of every resource that live outside the document (RFC 7643 §3.1). */
const COMMON = new Map<string, AttributeRef>([
  // ours are UUIDs, which are the same in either letter case (RFC 9562 §4)
  ['id', { names: ['id'], type: 'string', caseExact: false, multiValued: false }],
  ['meta.resourcetype', { names: ['meta', 'resourceType'], type: 'string', caseExact: true, multiValued: false }],
  ['meta.created', { names: ['meta', 'created'], type: 'dateTime', caseExact: true, multiValued: false }],
  ['meta.lastmodified', { names: ['meta', 'lastModified'], type: 'dateTime', caseExact: true, multiValued: false }],
]);

/** Tolerant, quoted booleans and unquoted numbers are taken for what they must mean. */
export type ResolveOptions = Leniency & {
  /**
   * An unknown attribute is an error, or matches nothing: because it may be one of another type (RFC 7644 §3.4.2.1), or
   * because it is ignored, as many clients expect.
   */
  unknown: 'error' | 'never' | 'ignored';
};

/** Looks every path of a filter up in the schema and folds its values as the stored ones are folded. */
export function resolveFilter(schema: ResourceSchema, filter: Filter, options: ResolveOptions): Condition {
  const resolve = (part: Filter): Condition => {
    switch (part.op) {
      case 'and':
      case 'or':
        return { op: part.op, left: resolve(part.left), right: resolve(part.right) };
      case 'not':
        return { op: 'not', condition: resolve(part.filter) };
      case 'has':
        return resolveHas(schema, part, options);
      default:
        return resolveLeaf(find(schema, part, options), part, options);
    }
  };
  return resolve(filter);
}

function resolveHas(schema: ResourceSchema, part: Extract<Filter, { op: 'has' }>, options: ResolveOptions): Condition {
  const place = lookup(schema, part.path, options);
  if (!place || place.sub) return unknownAttribute(part.path, part.at, options);
  const { attribute } = place;
  if (!attribute.sub) throw invalidFilter(`"${part.path}" has no sub-attributes`, part.at);
  return { op: 'has', attribute, condition: resolveInside(attribute, part.filter, options) };
}

/** Conditions between brackets speak of one element: their paths are its sub-attributes. */
export function resolveInside(attribute: Attribute, filter: Filter, options: ResolveOptions): Condition {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const [left, right] = [filter.left, filter.right].map((side) => resolveInside(attribute, side, options));
      return { op: filter.op, left: left as Condition, right: right as Condition };
    }
    case 'not':
      return { op: 'not', condition: resolveInside(attribute, filter.filter, options) };
    case 'has':
      throw invalidFilter('brackets cannot stand inside brackets', filter.at);
    default: {
      const sub = attribute.sub?.get(filter.path.toLowerCase());
      if (sub) refuseReference(attribute.name, sub, filter);
      return resolveLeaf(sub ? { ...sub, names: [sub.name] } : null, filter, options);
    }
  }
}

type Leaf = Exclude<Filter, { op: 'and' | 'or' | 'not' | 'has' }>;

function resolveLeaf(attribute: AttributeRef | null, leaf: Leaf, options: ResolveOptions): Condition {
  if (!attribute) return unknownAttribute(leaf.path, leaf.at, options);
  if (leaf.op === 'pr') return { op: 'pr', attribute };
  if (attribute.type === 'complex') throw invalidFilter(`"${leaf.path}" needs a sub-attribute`, leaf.at);
  return { op: leaf.op, attribute, value: comparedValue(attribute, leaf, options) };
}

/** Members and groups are rows; their references are made up for each answer. */
function refuseReference(name: string, sub: Attribute, leaf: Leaf): void {
  if (sub.name === '$ref' && (name === 'members' || name === 'groups')) {
    throw invalidFilter(`"${leaf.path}" is not stored; compare with the value`, leaf.at);
  }
}

/** The attribute that a list is sorted by; `emails` means the elements' value. Null when no schema knows it. */
export function findAttribute(schema: ResourceSchema, path: string): AttributeRef | null {
  const common = COMMON.get(path.toLowerCase());
  if (common) return common;
  const place = lookup(schema, path, { tolerant: true });
  if (!place) return null;
  const { attribute, sub } = place;
  const inner = sub ?? (attribute.multiValued ? attribute.sub?.get('value') : undefined);
  return inner ? { ...inner, multiValued: attribute.multiValued } : attribute;
}

/** `emails co "x"` speaks of the elements' value (RFC 7643 §2.4). */
function find(schema: ResourceSchema, leaf: Leaf, options: ResolveOptions): AttributeRef | null {
  const common = COMMON.get(leaf.path.toLowerCase());
  if (common) return common;
  const place = lookup(schema, leaf.path, options);
  if (!place) return null;
  const { attribute, sub } = place;
  if (sub) {
    refuseReference(attribute.name, sub, leaf);
    return { ...sub, multiValued: attribute.multiValued };
  }
  const value = attribute.multiValued && leaf.op !== 'pr' ? attribute.sub?.get('value') : undefined;
  return value ? { ...value, multiValued: true } : attribute;
}

type Comparison = Exclude<Leaf, { op: 'pr' }>;

/** The value folded as the stored ones are; throws where the operator or the value does not fit (RFC 7644 table 9). */
function comparedValue(attribute: AttributeRef, leaf: Comparison, options: ResolveOptions): FilterValue {
  const { op, at, path } = leaf;
  const isText = !['boolean', 'integer', 'decimal', 'dateTime'].includes(attribute.type);
  if (leaf.value === null) {
    if (op === 'eq' || op === 'ne') return null;
    throw invalidFilter(`"${op}" cannot compare with null`, at);
  }
  if (PARTIAL.includes(op) && !isText) throw invalidFilter(`"${op}" compares strings only`, at);
  if (ORDERED.includes(op) && (attribute.type === 'boolean' || attribute.type === 'binary')) {
    throw invalidFilter(`"${op}" cannot compare ${attribute.type} values`, at);
  }
  if (PARTIAL.includes(op) && String(leaf.value).length > MAX_PARTIAL) {
    throw invalidFilter(`"${op}" takes ${MAX_PARTIAL} characters at most`, at); // some become regular expressions
  }
  const value = options.tolerant ? bent(attribute, leaf.value, options) : leaf.value;
  if (!fits(attribute, value)) throw invalidFilter(`this is no value that "${path}" can have`, at);
  return foldScalar(attribute, value) as FilterValue;
}

const MAX_PARTIAL = 1_000;
const PARTIAL: readonly CompareOp[] = ['co', 'sw', 'ew'];
const ORDERED: readonly CompareOp[] = ['gt', 'ge', 'lt', 'le'];

function fits(attribute: AttributeRef, value: FilterValue): boolean {
  switch (attribute.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
    case 'decimal':
      return typeof value === 'number';
    case 'dateTime':
      return typeof value === 'string' && toInstant(value) !== null;
    default:
      return typeof value === 'string';
  }
}

/** Entra quotes booleans in filters (`roles[primary eq "True"]`); others leave out the quotes of a number that is text. */
function bent(attribute: AttributeRef, value: FilterValue, { note }: Leniency): FilterValue {
  if (attribute.type === 'boolean' && typeof value === 'string') {
    const word = value.toLowerCase();
    if (word !== 'true' && word !== 'false') return value;
    note?.('string_boolean');
    return word === 'true';
  }
  if (typeof value === 'string' || !['string', 'reference', 'binary'].includes(attribute.type)) return value;
  note?.('number_for_text');
  return String(value);
}

function unknownAttribute(path: string, at: number, options: ResolveOptions): Condition {
  if (options.unknown === 'error') throw invalidFilter(`no schema has an attribute "${path}"`, at);
  if (options.unknown === 'ignored') options.note?.('unknown_in_filter');
  return { op: 'never' };
}
