import type { Condition } from '../../model/filter.ts';
import type { Json } from '../schema/coerce.ts';

/**
 * The element that a filter of equalities describes: `[type eq "work" and primary eq true]` gives
 * `{ type: "work", primary: true }`. Null when the filter says anything else, for then it describes no one element.
 */
export function elementFrom(condition: Condition): Json | null {
  if (condition.op === 'and') {
    const [left, right] = [elementFrom(condition.left), elementFrom(condition.right)];
    return left && right ? { ...left, ...right } : null;
  }
  const name = condition.op === 'eq' ? condition.attribute.names.at(-1) : undefined;
  return condition.op === 'eq' && name && condition.value !== null ? { [name]: condition.value } : null;
}
