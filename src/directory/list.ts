import type { Knex } from 'knex';
import { runDynamic } from '../database/statement.ts';
import type { Condition } from '../model/filter.ts';
import { type FilterColumns, type FilterRelations, filterSql } from './filter-sql.ts';
import type { PageMemory } from './page-memory.ts';
import { afterSql, orderSql, type Position, type Sort, type SortSql, sortSql } from './sort-sql.ts';
import { type Scope, type Stored, TIMES } from './stored.ts';

export type ListQuery = {
  condition: Condition | null;
  /** By id, so by age, when null. */
  sort: Sort | null;
  /** Where the page begins: after so many rows, or after (or, going backwards, before) a position. */
  start: { offset: number } | { position: Position; backwards: boolean };
  /** Most rows to return; 0 asks for the total alone. */
  limit: number;
  /** False leaves the computed attribute (groups of a user, members of a group) unread. */
  withRelated: boolean;
};

export type ListSource = {
  table: 'people' | 'groups';
  visible: string;
  /** The computed attribute of one row of alias `t`; and of all rows of a CTE `page`, as rows (id, related). */
  related: string;
  relatedOfPage: string;
  columns: FilterColumns;
  relations: FilterRelations;
};

/** `sortValue` is text that the database gives for the sort attribute, for cursors. */
export type Listed = Stored & { sortValue: string | null };
export type Page = { total: number; items: Listed[] };

type Prepared = { filter: string; bindings: Record<string, unknown> };

/**
 * One page in a stable order and the number of all matches. Counts only when neither the page nor what is remembered
 * tells: a look-up that finds less than a page costs one statement.
 */
export async function listStored(
  db: Knex,
  scope: Scope,
  source: ListSource,
  query: ListQuery,
  memory: PageMemory,
): Promise<Page> {
  const where = query.condition ? filterSql(query.condition, source.columns, source.relations) : null;
  const prepared = { filter: where ? ` and ${where.sql}` : '', bindings: { ...scope, ...where?.bindings } };
  const note = query.condition ? () => {} : memory.reading(scope, source.table);
  const known = query.condition ? null : memory.total(scope, source.table);
  const items = query.limit > 0 ? await readRows(db, scope, prepared, source, query, memory) : [];
  const offset = 'offset' in query.start ? query.start.offset : null;
  if (offset !== null && items.length < query.limit && (items.length > 0 || offset === 0)) {
    return { total: offset + items.length, items };
  }
  const total = known ?? (await count(db, source, prepared));
  note({ total });
  return { total, items };
}

async function readRows(
  db: Knex,
  scope: Scope,
  { filter, bindings }: Prepared,
  source: ListSource,
  query: ListQuery,
  memory: PageMemory,
): Promise<Listed[]> {
  const { start, sort, limit } = query;
  const sorted = sortSql(sort, source.columns);
  const descending = sort?.descending ?? false;
  if ('position' in start) {
    const { position, backwards } = start;
    const way = backwards ? !descending : descending;
    const after = ` and ${afterSql(sorted, way, position)}`;
    const afterValue = position.value === null ? {} : { afterValue: position.value };
    const sql = rowsSql(source, query, sorted, way, filter + after, false);
    const rows = await runDynamic<Listed>(db, sql, { ...bindings, ...afterValue, afterId: position.id, limit });
    return backwards ? rows.toReversed() : rows;
  }
  const { offset } = start;
  if (query.condition || sort) {
    const sql = rowsSql(source, query, sorted, descending, filter, offset > 0);
    return runDynamic(db, sql, offset > 0 ? { ...bindings, limit, offset } : { ...bindings, limit });
  }
  return rowsByPlace(db, scope, bindings, source, query, offset, memory);
}

/** Unfiltered and by id: where a page before has told with which id this one begins, nothing is skipped. */
async function rowsByPlace(
  db: Knex,
  scope: Scope,
  bindings: Record<string, unknown>,
  source: ListSource,
  query: ListQuery,
  offset: number,
  memory: PageMemory,
): Promise<Listed[]> {
  const note = memory.reading(scope, source.table);
  const place = offset > 0 ? memory.place(scope, source.table, offset) : null;
  const from = place === null ? '' : ' and t.id >= :fromId';
  const skips = offset > 0 && place === null;
  // one more row says where the next page begins
  const values = {
    ...bindings,
    limit: query.limit + 1,
    ...(skips ? { offset } : {}),
    ...(place ? { fromId: place } : {}),
  };
  const sql = rowsSql(source, query, sortSql(null, source.columns), false, from, skips);
  const rows = await runDynamic<Listed>(db, sql, values);
  const [first] = rows;
  const next = rows[query.limit];
  if (first && offset > 0) note({ place: { offset, id: first.id } });
  if (next) note({ place: { offset: offset + query.limit, id: next.id } });
  return rows.slice(0, query.limit);
}

/**
 * Where rows are skipped, ids come first, from the index alone: what is skipped is not read. Then each row by its key
 * (`limit 1` keeps the planner, which guesses a tenth of the table for a bound limit, to that).
 */
function rowsSql(
  source: ListSource,
  { withRelated, condition }: ListQuery,
  sorted: SortSql,
  descending: boolean,
  filter: string,
  skips: boolean,
): string {
  const { table, visible } = source;
  const order = orderSql(sorted, descending);
  const from = `from ${table} t
      where t.tenant_id = :tenantId and t.connection_id = :connectionId and ${visible}${filter} ${order} limit :limit`;
  const sortValue = sorted.expression ? `(${sorted.expression})::text` : 'null';
  const row = `t.id, t.version, t.document::text as document, ${TIMES}, ${sortValue} as "sortValue"`;
  const one = withRelated ? source.related : 'null::text';
  const plain = condition || !withRelated;
  if (!skips && plain) return `select ${row}, ${one} as related ${from}`;
  const more = `more as materialized (${source.relatedOfPage})`;
  if (!skips) {
    const ordered = sorted.expression ? `, ${sorted.expression} as place` : '';
    const again = orderSql({ ...sorted, expression: sorted.expression && 't.place' }, descending);
    return `with page as materialized (select ${row}${ordered} ${from}), ${more}
      select t.*, more.related from page t left join more on more.id = t.id ${again}`;
  }
  const key = `select * from ${table} t where t.tenant_id = :tenantId and t.id = page.id limit 1`;
  const ids = `with page as materialized (select t.id ${from} offset :offset)`;
  const rows = `page cross join lateral (${key}) t`;
  if (plain) return `${ids} select ${row}, ${one} as related from ${rows} ${order}`;
  return `${ids}, ${more}
    select ${row}, more.related from ${rows} left join more on more.id = t.id ${order}`;
}

async function count(db: Knex, { table, visible }: ListSource, { filter, bindings }: Prepared): Promise<number> {
  const [row] = await runDynamic<{ total: number }>(
    db,
    `select count(*)::int as total from ${table} t
      where t.tenant_id = :tenantId and t.connection_id = :connectionId and ${visible}${filter}`,
    bindings,
  );
  return row?.total ?? 0;
}
