import type { AttributeRef, Condition, Filter, FilterValue } from '../../model/filter.ts';
import type { Attribute, ResourceSchema } from '../schema/attribute.ts';
import { lookup } from '../schema/lookup.ts';
import { foldScalar } from '../schema/search.ts';
import { invalidFilter } from './tokens.ts';

/** Attributes of every resource that live outside the document (RFC 7643 §3.1). */
const COMMON: Record<string, AttributeRef> = {
  id: { names: ['id'], type: 'string', caseExact: true, multiValued: false },
  'meta.created': { names: ['meta', 'created'], type: 'dateTime', caseExact: true, multiValued: false },
  'meta.lastmodified': { names: ['meta', 'lastModified'], type: 'dateTime', caseExact: true, multiValued: false },
};

export type ResolveOptions = {
  /** An unknown attribute is an error (rfc profile) or simply matches nothing (what many clients expect). */
  unknown: 'error' | 'never';
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
        return resolveLeaf(find(schema, part.path), part, options);
    }
  };
  return resolve(filter);
}

function resolveHas(schema: ResourceSchema, part: Extract<Filter, { op: 'has' }>, options: ResolveOptions): Condition {
  const place = lookup(schema, part.path);
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
      return resolveLeaf(sub ? { ...sub, names: [sub.name] } : null, filter, options);
    }
  }
}

type Leaf = Exclude<Filter, { op: 'and' | 'or' | 'not' | 'has' }>;

function resolveLeaf(attribute: AttributeRef | null, leaf: Leaf, options: ResolveOptions): Condition {
  if (!attribute) return unknownAttribute(leaf.path, leaf.at, options);
  if (leaf.op === 'pr') return { op: 'pr', attribute };
  if (attribute.type === 'complex') throw invalidFilter(`"${leaf.path}" needs a sub-attribute`, leaf.at);
  return { op: leaf.op, attribute, value: checkValue(attribute, leaf) };
}

/** `emails co "x"` speaks of the elements' value (RFC 7643 §2.4). */
function find(schema: ResourceSchema, path: string): AttributeRef | null {
  const common = COMMON[path.toLowerCase()];
  if (common) return common;
  const place = lookup(schema, path);
  if (!place) return null;
  const { attribute, sub } = place;
  if (sub) return { ...sub, multiValued: attribute.multiValued };
  const value = attribute.multiValued ? attribute.sub?.get('value') : undefined;
  return value ? { ...value, multiValued: true } : attribute;
}

function checkValue(attribute: AttributeRef, leaf: Exclude<Leaf, { op: 'pr' }>): FilterValue {
  const { value, op, at } = leaf;
  const isText = !['boolean', 'integer', 'decimal'].includes(attribute.type);
  if (['co', 'sw', 'ew'].includes(op) && (!isText || typeof value !== 'string')) {
    throw invalidFilter(`"${op}" compares strings only`, at);
  }
  if (['gt', 'ge', 'lt', 'le'].includes(op) && (attribute.type === 'boolean' || typeof value === 'boolean')) {
    throw invalidFilter(`"${op}" cannot compare true and false`, at);
  }
  if (attribute.type === 'boolean' && typeof value === 'string') return toBoolean(value);
  return foldScalar(attribute, value) as FilterValue;
}

/** Entra quotes booleans in filters (`roles[primary eq "True"]`). */
function toBoolean(value: string): FilterValue {
  const word = value.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : value;
}

function unknownAttribute(path: string, at: number, options: ResolveOptions): Condition {
  if (options.unknown === 'error') throw invalidFilter(`no schema has an attribute "${path}"`, at);
  return { op: 'never' };
}
