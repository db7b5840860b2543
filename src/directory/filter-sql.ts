import { isUuid } from '../database/uuid.ts';
import type { AttributeRef, Condition, FilterValue } from '../model/filter.ts';

/** SQL of a where clause with its named bindings. */
export type Where = { sql: string; bindings: Record<string, unknown> };

/** Attributes that have a column, by their path; `key` columns hold folded text. */
export type FilterColumns = Readonly<Record<string, { sql: string; type: 'uuid' | 'text' | 'boolean' | 'instant' }>>;

/** Relations that live in the memberships table: equality only. `:value` is the other side's id. */
export type FilterRelations = Readonly<Record<string, (binding: string) => string>>;

type Leaf = Exclude<Condition, { op: 'and' | 'or' | 'not' | 'has' | 'never' }>;
const SQL_OPERATOR = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;
const PATH_OPERATOR = { eq: '==', ne: '!=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

/**
 * The where clause of a filter over table alias `t`: columns where there is one, else the folded `search` document,
 * equality as containment (which the GIN index serves), the rest as jsonpath. Values are always bound, never text.
 */
export function filterSql(condition: Condition, columns: FilterColumns, relations: FilterRelations): Where {
  const bindings: Record<string, unknown> = {};
  const bind = (value: unknown): string => {
    const name = `f${Object.keys(bindings).length}`;
    bindings[name] = value;
    return `:${name}`;
  };
  const compile = (part: Condition): string => {
    switch (part.op) {
      case 'and':
      case 'or':
        return `(${compile(part.left)} ${part.op} ${compile(part.right)})`;
      case 'not':
        return `(not coalesce(${compile(part.condition)}, false))`;
      case 'never':
        return 'false';
      case 'has': {
        const relation = relations[pathOf(part.attribute)];
        const id = relation && onlyValue(part.condition);
        if (relation) return id === undefined ? 'false' : relationSql(relation, id, bind);
        return `t.search @@ ${bind(hasPath(part.attribute, part.condition))}::jsonpath`;
      }
      default:
        return leafSql(part, columns, relations, bind);
    }
  };
  return { sql: compile(condition), bindings };
}

function leafSql(
  leaf: Leaf,
  columns: FilterColumns,
  relations: FilterRelations,
  bind: (value: unknown) => string,
): string {
  const path = pathOf(leaf.attribute);
  const column = columns[path];
  if (column) return columnSql(leaf, column, bind);
  const relation = relations[path] ?? relations[path.replace(/\.value$/, '')];
  if (relation) return leaf.op === 'eq' ? relationSql(relation, leaf.value, bind) : 'false';
  if (leaf.op === 'eq' && leaf.value !== null) {
    return `t.search @> ${bind(JSON.stringify(containing(leaf.attribute, leaf.value)))}::jsonb`;
  }
  return `t.search @@ ${bind(leafPath('$', leaf.attribute.names, leaf))}::jsonpath`;
}

function relationSql(
  relation: (binding: string) => string,
  value: FilterValue,
  bind: (value: unknown) => string,
): string {
  return typeof value === 'string' && isUuid(value) ? relation(bind(value)) : 'false';
}

function columnSql(leaf: Leaf, column: FilterColumns[string], bind: (value: unknown) => string): string {
  if (leaf.op === 'pr') return `${column.sql} is not null`;
  const { op, value } = leaf;
  if (value === null) return op === 'eq' ? `${column.sql} is null` : `${column.sql} is not null`;
  if (op === 'co') return `position(${bind(value)} in ${column.sql}) > 0`;
  if (op === 'sw') return `starts_with(${column.sql}, ${bind(value)})`;
  if (op === 'ew') return `right(${column.sql}, length(${bind(value)})) = ${bind(value)}`;
  const operand = columnValue(column, value);
  if (operand === undefined) return op === 'ne' ? 'true' : 'false';
  const compare = `${column.sql} ${SQL_OPERATOR[op]} ${bind(operand)}`;
  return op === 'ne' ? `coalesce(${compare}, true)` : compare;
}

/** The value as the column's type, or undefined where no row can be equal to it. */
function columnValue(column: FilterColumns[string], value: Exclude<FilterValue, null>): unknown {
  switch (column.type) {
    case 'uuid':
      return typeof value === 'string' && isUuid(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'instant':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value) : undefined;
    case 'text':
      return typeof value === 'string' ? value : undefined;
    default:
      return column.type satisfies never;
  }
}

/** `emails[type eq "work" and value co "x"]` as a jsonpath that asks both of the same element. */
function hasPath(attribute: AttributeRef, condition: Condition): string {
  return `exists(${steps('$', attribute.names)}[*] ? (${insidePath(condition)}))`;
}

function insidePath(condition: Condition): string {
  switch (condition.op) {
    case 'and':
      return `(${insidePath(condition.left)} && ${insidePath(condition.right)})`;
    case 'or':
      return `(${insidePath(condition.left)} || ${insidePath(condition.right)})`;
    case 'not':
      return `!(${insidePath(condition.condition)})`;
    case 'never':
      return '(1 == 0)';
    case 'has':
      return hasPath(condition.attribute, condition.condition);
    default:
      return leafPath('@', condition.attribute.names, condition);
  }
}

function leafPath(root: '$' | '@', names: readonly string[], leaf: Leaf): string {
  const path = steps(root, names);
  if (leaf.op === 'pr') return `exists(${path} ? (@ != ""))`;
  if (leaf.value === null) return leaf.op === 'eq' ? `!(exists(${path}))` : `(exists(${path}))`;
  const literal = JSON.stringify(leaf.value);
  switch (leaf.op) {
    case 'co':
      return `${path} like_regex ${literal} flag "q"`;
    case 'sw':
      return `${path} starts with ${literal}`;
    case 'ew':
      return `${path} like_regex ${JSON.stringify(`${escapeRegex(String(leaf.value))}$`)}`;
    case 'ne': // an absent attribute is not equal to anything (RFC 7644 §3.4.2.2)
      return `!(${path} == ${literal})`;
    default:
      return `${path} ${PATH_OPERATOR[leaf.op]} ${literal}`;
  }
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function steps(root: string, names: readonly string[]): string {
  return names.reduce((path, name) => `${path}.${JSON.stringify(name)}`, root);
}

function containing(attribute: AttributeRef, value: FilterValue): unknown {
  const [first, ...rest] = attribute.names.toReversed();
  const inner: unknown = { [String(first)]: value };
  const outermost = rest.length - 1;
  return rest.reduce<unknown>((object, name, index) => {
    const isList =
      attribute.multiValued && index === (attribute.names[0]?.startsWith('urn:') ? outermost - 1 : outermost);
    return { [name]: isList ? [object] : object };
  }, inner);
}

/** The id in `members[value eq "id"]`, the one shape of a relation's brackets that clients send. */
function onlyValue(condition: Condition): FilterValue | undefined {
  return condition.op === 'eq' && condition.attribute.names.at(-1) === 'value' ? condition.value : undefined;
}

function pathOf(attribute: AttributeRef): string {
  return attribute.names.join('.');
}
