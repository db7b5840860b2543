import type { CompareOp, Condition, FilterValue } from '../../model/filter.ts';
import { isObject } from '../schema/coerce.ts';
import { foldScalar } from '../schema/search.ts';

/** Whether a resource, or one element of a multi-valued attribute, meets a condition; the oracle of the SQL one. */
export function matches(condition: Condition, value: unknown): boolean {
  switch (condition.op) {
    case 'and':
      return matches(condition.left, value) && matches(condition.right, value);
    case 'or':
      return matches(condition.left, value) || matches(condition.right, value);
    case 'not':
      return !matches(condition.condition, value);
    case 'never':
      return false;
    case 'has':
      return reach(value, condition.attribute.names).some((element) => matches(condition.condition, element));
    case 'pr':
      return reach(value, condition.attribute.names).some(isPresent);
    default: {
      const { attribute, op } = condition;
      const found = reach(value, attribute.names).map((item) => foldScalar(attribute, item));
      if (condition.value === null) return (op === 'eq') === (found.length === 0);
      if (op === 'ne') return !found.some((item) => compare('eq', item, condition.value));
      return found.some((item) => compare(op, item, condition.value));
    }
  }
}

/** All values at a path, arrays unwrapped on the way. */
function reach(value: unknown, names: readonly string[]): unknown[] {
  let values: unknown[] = [value];
  for (const name of names) {
    values = values.flatMap((item) => (isObject(item) && Object.hasOwn(item, name) ? [item[name]].flat() : []));
  }
  return values.filter((item) => item !== undefined && item !== null);
}

function isPresent(value: unknown): boolean {
  if (isObject(value)) return Object.values(value).some(isPresent);
  return value !== '';
}

function compare(op: CompareOp, left: unknown, right: FilterValue): boolean {
  if (typeof left !== typeof right) return false;
  if (op === 'eq') return left === right;
  if (typeof left === 'string' && typeof right === 'string') {
    if (op === 'co') return left.includes(right);
    if (op === 'sw') return left.startsWith(right);
    if (op === 'ew') return left.endsWith(right);
  }
  if (typeof left === 'string' && typeof right === 'string') {
    return order(op, Buffer.compare(Buffer.from(left), Buffer.from(right))); // by code points, as PostgreSQL does
  }
  return order(op, Number(left) - Number(right));
}

function order(op: CompareOp, difference: number): boolean {
  switch (op) {
    case 'gt':
      return difference > 0;
    case 'ge':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'le':
      return difference <= 0;
    default:
      return false;
  }
}
