import type { AttributeRef } from '../model/filter.ts';
import type { FilterColumns } from './filter-sql.ts';

/** How a list is sorted; without one it goes by id, so by age. */
export type Sort = { attribute: AttributeRef; descending: boolean };

/** Where a page ends: the sort value (null where the resource has none) and the id of its last or first row. */
export type Position = { value: string | null; id: string };

export type SortSql = {
  /** The sort value as an expression over alias `t`; null when the list goes by id. */
  expression: string | null;
  /** What a bound value must be cast to before it is compared. */
  cast: string;
};

const CAST = { uuid: 'uuid', text: 'text', boolean: 'boolean', instant: 'timestamptz' } as const;

/**
 * What a list is ordered by. A multi-valued attribute sorts by its primary value, else by the first (RFC 7644
 * §3.4.2.3); strings are compared folded where the schema ignores letter case, as filters do.
 */
export function sortSql(sort: Sort | null, columns: FilterColumns): SortSql {
  if (!sort) return { expression: null, cast: 'uuid' };
  const { names, multiValued } = sort.attribute;
  const column = columns[names.join('.')];
  if (column) return { expression: column.sql, cast: CAST[column.type] };
  const path = names.map((name) => JSON.stringify(name));
  if (!multiValued) return { expression: `t.search #> ${literal(`{${path.join(',')}}`)}`, cast: 'jsonb' };
  const [last, ...outer] = path.toReversed();
  const list = ['$', ...outer.toReversed()].join('.');
  // [0]: where the elements are no objects, the last name is the list itself
  const primary = `jsonb_path_query_first(t.search, ${literal(`${list}[*] ? (@.primary == true).${last}[0]`)})`;
  const first = `jsonb_path_query_first(t.search, ${literal(`${list}[*].${last}[0]`)})`;
  return { expression: `coalesce(${primary}, ${first})`, cast: 'jsonb' };
}

/** The order clause; rows without a value come last, and first when the order is descending (RFC 7644 §3.4.2.3). */
export function orderSql({ expression }: SortSql, descending: boolean): string {
  const [way, nulls] = descending ? ['desc', 'first'] : ['asc', 'last'];
  return expression ? `order by ${expression} ${way} nulls ${nulls}, t.id ${way}` : `order by t.id ${way}`;
}

/** The rows after a position in that order, as a condition; `:afterValue` and `:afterId` are its bindings. */
export function afterSql({ expression, cast }: SortSql, descending: boolean, after: Position): string {
  const beyond = descending ? '<' : '>';
  const id = `t.id ${beyond} :afterId::uuid`;
  if (!expression) return id;
  if (after.value === null) {
    return descending
      ? `(${expression} is not null or (${expression} is null and ${id}))`
      : `(${expression} is null and ${id})`;
  }
  const value = `:afterValue::${cast}`;
  const further = `${expression} ${beyond} ${value} or (${expression} = ${value} and ${id})`;
  return descending ? `(${further})` : `(${further} or ${expression} is null)`;
}

/** Names come from the schema, never from a client; quotes are doubled all the same. A URN's colons begin no binding. */
function literal(text: string): string {
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\x3a')}'`;
}
