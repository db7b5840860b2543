import type { Knex } from 'knex';
import { runDynamic } from '../database/statement.ts';
import type { Condition } from '../model/filter.ts';
import { type FilterColumns, type FilterRelations, filterSql } from './filter-sql.ts';
import type { Page, Scope, Stored } from './stored.ts';

export type ListQuery = {
  condition: Condition | null;
  /** Rows to skip. */
  offset: number;
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

/**
 * One page in a stable order (by id, so by age) and the number of all matches. Counts only when the page itself does not
 * tell: a look-up that finds less than a page costs one statement.
 */
export async function listStored(db: Knex, scope: Scope, source: ListSource, query: ListQuery): Promise<Page<Stored>> {
  const where = query.condition ? filterSql(query.condition, source.columns, source.relations) : null;
  const from = `from ${source.table} t where t.tenant_id = :tenantId and t.connection_id = :connectionId and ${source.visible}${where ? ` and ${where.sql}` : ''}`;
  const bindings = { ...scope, ...where?.bindings };
  const items = query.limit > 0 ? await page(db, source, query, from, bindings) : [];
  const complete = items.length < query.limit && (items.length > 0 || query.offset === 0);
  const total = complete ? query.offset + items.length : await count(db, from, bindings);
  return { total, items };
}

async function page(db: Knex, source: ListSource, query: ListQuery, from: string, bindings: object): Promise<Stored[]> {
  const related = query.withRelated ? source.related : 'null::text';
  return runDynamic<Stored>(
    db,
    `select t.id, t.version, t.document::text as document, t.created_at as "createdAt", t.modified_at as "modifiedAt",
            ${related} as related
     ${from} order by t.id limit :limit offset :offset`,
    { ...bindings, limit: query.limit, offset: query.offset },
  );
}

async function count(db: Knex, from: string, bindings: object): Promise<number> {
  const [row] = await runDynamic<{ total: number }>(db, `select count(*)::int as total ${from}`, { ...bindings });
  return row?.total ?? 0;
}
