import { isUuid } from '../database/uuid.ts';
import type { Condition, FilterValue } from '../model/filter.ts';
import { containing, elementPath, leafPath } from './filter-jsonpath.ts';

/** SQL of a where clause with its named bindings. */
export type Where = { sql: string; bindings: Record<string, unknown> };

/** Attributes that have a column, by their path; text columns hold folded text. */
export type FilterColumns = Readonly<Record<string, { sql: string; type: 'uuid' | 'text' | 'boolean' | 'instant' }>>;

/** Attributes whose elements are rows elsewhere: the rows that belong to `t`, and the columns of an element. */
export type FilterRelations = Readonly<
  Record<
    string,
    {
      from: string;
      columns: FilterColumns;
      /** Where asking from the other side is cheaper: the condition that an element has this uuid as its value. */
      holding?: (uuid: string) => string;
    }
  >
>;

export type Leaf = Exclude<Condition, { op: 'and' | 'or' | 'not' | 'has' | 'never' }>;
type Has = Extract<Condition, { op: 'has' }>;
type Bind = (value: unknown) => string;
const SQL_OPERATOR = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

/**
 * The where clause of a filter over table alias `t`: columns where there is one, else the folded `search` document,
 * equality as containment (which the GIN index serves), the rest as jsonpath. Values are always bound, never text.
 */
export function filterSql(condition: Condition, columns: FilterColumns, relations: FilterRelations): Where {
  const bindings: Record<string, unknown> = {};
  const bind: Bind = (value) => {
    const name = `f${Object.keys(bindings).length}`;
    bindings[name] = value;
    return `:${name}`;
  };
  const compile = combine({
    leaf: (leaf) => leafSql(leaf, columns, relations, bind),
    has: (has) => hasSql(has, relations, bind),
  });
  return { sql: compile(condition), bindings };
}

/** The logic above the single comparisons, where SQL's "unknown" counts as no match. */
function combine(parts: { leaf: (leaf: Leaf) => string; has: (has: Has) => string }): (condition: Condition) => string {
  const compile = (part: Condition): string => {
    switch (part.op) {
      case 'and':
      case 'or':
        return `(${compile(part.left)} ${part.op} ${compile(part.right)})`;
      case 'not':
        return `(not coalesce(${compile(part.condition)}, false))`;
      case 'never':
        return 'false';
      case 'has':
        return parts.has(part);
      default:
        return parts.leaf(part);
    }
  };
  return compile;
}

function leafSql(leaf: Leaf, columns: FilterColumns, relations: FilterRelations, bind: Bind): string {
  const path = leaf.attribute.names.join('.');
  const column = columns[path];
  if (column) return columnSql(leaf, column, bind);
  const [first = '', second = 'value'] = leaf.attribute.names;
  const relation = relations[first];
  if (relation) return relationLeaf(leaf, second, relation, bind);
  if (leaf.op === 'eq' && leaf.value !== null) {
    return `t.search @> ${bind(JSON.stringify(containing(leaf.attribute, leaf.value)))}::jsonb`;
  }
  return `t.search @@ ${bind(leafPath('$', leaf))}::jsonpath`;
}

/** `ne` and `eq null` speak of all elements, the others of any one. */
function relationLeaf(leaf: Leaf, name: string, relation: FilterRelations[string], bind: Bind): string {
  const column = relation.columns[name];
  const some = (condition: string) => `exists (select 1 from ${relation.from} and ${condition})`;
  if (leaf.op === 'pr') return column ? some(columnSql(leaf, column, bind)) : 'false';
  const negative = leaf.op === 'ne' ? leaf.value !== null : leaf.op === 'eq' && leaf.value === null;
  if (!column) return String(negative);
  if (leaf.op === 'eq' && name === 'value' && relation.holding && typeof leaf.value === 'string') {
    return isUuid(leaf.value) ? relation.holding(bind(leaf.value)) : 'false';
  }
  const positive: Leaf = leaf.op === 'ne' && negative ? { ...leaf, op: 'eq' } : leaf;
  if (leaf.value === null) return `${negative ? 'not ' : ''}${some('true')}`;
  return `${negative ? 'not ' : ''}${some(columnSql(positive, column, bind))}`;
}

function hasSql(has: Has, relations: FilterRelations, bind: Bind): string {
  const relation = relations[has.attribute.names.join('.')];
  if (!relation) return `t.search @@ ${bind(elementPath(has.attribute, has.condition))}::jsonpath`;
  const compile = combine({
    leaf: (leaf) => elementSql(leaf, relation.columns, bind),
    has: () => 'false',
  });
  return `exists (select 1 from ${relation.from} and ${compile(has.condition)})`;
}

/** A comparison inside the brackets of a relation; a sub-attribute without a column is one that no element has. */
function elementSql(leaf: Leaf, columns: FilterColumns, bind: Bind): string {
  const column = columns[leaf.attribute.names.at(-1) ?? ''];
  if (column) return columnSql(leaf, column, bind);
  return String(leaf.op !== 'pr' && (leaf.op === 'ne') !== (leaf.value === null));
}

function columnSql(leaf: Leaf, column: FilterColumns[string], bind: Bind): string {
  const text = column.type === 'uuid' ? `${column.sql}::text` : column.sql;
  if (leaf.op === 'pr') return column.type === 'text' ? `(${text} <> '') is true` : `${column.sql} is not null`;
  const { op, value } = leaf;
  if (value === null) return `${column.sql} is ${op === 'eq' ? '' : 'not '}null`;
  switch (op) {
    case 'co':
      return `position(${bind(value)}::text in ${text}) > 0`;
    case 'sw':
      return `starts_with(${text}, ${bind(value)})`;
    case 'ew':
      return `right(${text}, length(${bind(value)})) = ${bind(value)}`;
    case 'eq':
      return equalSql(column, value, bind);
    case 'ne':
      return `(${equalSql(column, value, bind)}) is not true`;
    default: {
      const operand = operandOf(column, value);
      if (operand === undefined) return 'false';
      // by code points, whatever the locale of the database
      const ordered = typeof operand === 'string' ? `${text} collate "C"` : text;
      return `${ordered} ${SQL_OPERATOR[op]} ${bind(operand)}`;
    }
  }
}

function equalSql(column: FilterColumns[string], value: Exclude<FilterValue, null>, bind: Bind): string {
  const operand = operandOf(column, value);
  if (operand === undefined || (column.type === 'uuid' && !isUuid(String(value)))) return 'false';
  return `${column.sql} = ${bind(operand)}`;
}

/** The value as the column's type, or undefined where no row can be compared with it. */
function operandOf(column: FilterColumns[string], value: Exclude<FilterValue, null>): unknown {
  switch (column.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'instant':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value) : undefined;
    case 'uuid':
    case 'text':
      return typeof value === 'string' ? value : undefined;
    default:
      return column.type satisfies never;
  }
}
