import type { Filter } from '../../model/filter.ts';
import type { Attribute } from '../schema/attribute.ts';
import type { Json } from '../schema/coerce.ts';

/**
 * The element that a filter of equalities describes: `[type eq "work" and primary eq true]` gives
 * `{ type: "work", primary: true }`, in the client's letter case. Null when the filter says anything else, for then it
 * describes no one element.
 */
export function elementFrom(attribute: Attribute, filter: Filter): Json | null {
  if (filter.op === 'and') {
    const left = elementFrom(attribute, filter.left);
    const right = elementFrom(attribute, filter.right);
    return left && right ? { ...left, ...right } : null;
  }
  if (filter.op !== 'eq' || filter.value === null) return null;
  const sub = attribute.sub?.get(filter.path.toLowerCase());
  return sub ? { [sub.name]: filter.value } : null;
}
