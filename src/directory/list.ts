import type { Knex } from 'knex';
import { runDynamic } from '../database/statement.ts';
import type { Condition } from '../model/filter.ts';
import { type FilterColumns, type FilterRelations, filterSql } from './filter-sql.ts';
import { afterSql, orderSql, type Position, type Sort, sortSql } from './sort-sql.ts';
import type { Scope, Stored } from './stored.ts';

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
  related: string;
  columns: FilterColumns;
  relations: FilterRelations;
};

/** `sortValue` is text that the database gives for the sort attribute, for cursors. */
export type Listed = Stored & { sortValue: string | null };
export type Page = { total: number; items: Listed[] };

type Prepared = { select: string; from: string; bindings: Record<string, unknown> };

/**
 * One page in a stable order and the number of all matches. Counts only when the page itself does not tell: a look-up
 * that finds less than a page costs one statement. A page by position costs the same however deep it lies.
 */
export async function listStored(db: Knex, scope: Scope, source: ListSource, query: ListQuery): Promise<Page> {
  const prepared = prepare(scope, source, query);
  const items = query.limit > 0 ? await page(db, prepared, source, query) : [];
  const offset = 'offset' in query.start ? query.start.offset : null;
  const complete = offset !== null && items.length < query.limit && (items.length > 0 || offset === 0);
  const total = complete ? offset + items.length : await count(db, prepared);
  return { total, items };
}

function prepare(scope: Scope, source: ListSource, query: ListQuery): Prepared {
  const where = query.condition ? filterSql(query.condition, source.columns, source.relations) : null;
  const filter = where ? ` and ${where.sql}` : '';
  const { expression } = sortSql(query.sort, source.columns);
  const related = query.withRelated ? source.related : 'null::text';
  return {
    select: `select t.id, t.version, t.document::text as document, t.created_at as "createdAt",
       t.modified_at as "modifiedAt", ${related} as related, ${expression ? `(${expression})::text` : 'null'} as "sortValue"`,
    from: `from ${source.table} t
      where t.tenant_id = :tenantId and t.connection_id = :connectionId and ${source.visible}${filter}`,
    bindings: { ...scope, ...where?.bindings },
  };
}

async function page(db: Knex, prepared: Prepared, source: ListSource, query: ListQuery): Promise<Listed[]> {
  const { select, from } = prepared;
  const { start, sort, limit } = query;
  const sorted = sortSql(sort, source.columns);
  const descending = sort?.descending ?? false;
  if ('offset' in start) {
    const bindings = { ...prepared.bindings, limit, offset: start.offset };
    const order = orderSql(sorted, descending);
    return runDynamic(db, rowsSql(select, source, `${from} ${order} limit :limit offset :offset`, order), bindings);
  }
  const { position, backwards } = start;
  const way = backwards ? !descending : descending;
  const after = afterSql(sorted, way, position);
  const afterValue = position.value === null ? {} : { afterValue: position.value };
  const bindings = { ...prepared.bindings, ...afterValue, afterId: position.id, limit };
  const order = orderSql(sorted, way);
  const sql = rowsSql(select, source, `${from} and ${after} ${order} limit :limit`, order);
  const rows = await runDynamic<Listed>(db, sql, bindings);
  return backwards ? rows.toReversed() : rows;
}

/**
 * Ids first, from the index alone: rows that are skipped are neither read nor asked for their groups or members. Then
 * each row by its key (`limit 1` keeps the planner, which guesses a tenth of the table for a bound limit, to that).
 */
function rowsSql(select: string, { table }: ListSource, page: string, order: string): string {
  const row = `select * from ${table} t where t.tenant_id = :tenantId and t.id = page.id limit 1`;
  return `with page as materialized (select t.id ${page}) ${select} from page cross join lateral (${row}) t ${order}`;
}

async function count(db: Knex, { from, bindings }: Prepared): Promise<number> {
  const [row] = await runDynamic<{ total: number }>(db, `select count(*)::int as total ${from}`, bindings);
  return row?.total ?? 0;
}
