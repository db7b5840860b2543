import type { Knex } from 'knex';
import { runDynamic } from '../database/statement.ts';
import { type Entry, mergeEntries, type Place } from './people-merge.ts';
import { conditionOf, firstKey, PEOPLE, type PeopleQuery, type Source, sourcesOf } from './people-sources.ts';

export type PageWish = {
  readonly limit: number;
  /** Where the page before, or behind, ended; null for the beginning of the list. */
  readonly from: Place | null;
  /** True for the page that ends before `from`. */
  readonly backwards: boolean;
  /** True for the list from its end to its beginning. */
  readonly descending: boolean;
};
export type FoundPage = {
  readonly ids: string[];
  readonly next: Place | null;
  readonly previous: Place | null;
};

/** How many entries of an index are read at first, and when too few of those fit. Few sizes make few statements. */
const FEW = 200;
const MANY = 500;
const MOST = 1_000;
/** How often that is done before a page stays short: what a page costs has an end, whatever it asks for. */
const ROUNDS = 2;
const MOST_COUNTED = 10_000;

/** Ids of one page of a list. It may be shorter than asked, even empty, while `next` says that the list goes on. */
export async function findPeople(db: Knex, query: PeopleQuery, wish: PageWish): Promise<FoundPage> {
  const { limit, backwards } = wish;
  const descending = wish.descending !== backwards;
  const places: Place[] = [];
  let rest = wish.from;
  for (let round = 1; round <= ROUNDS && places.length < limit; round += 1) {
    const budget = round === 1 && 2 * limit <= FEW ? FEW : limit <= MANY ? MANY : MOST;
    const entries = await readEntries(db, query, { from: rest, descending, budget });
    const merged = mergeEntries(entries, { limit: limit - places.length, budget, descending });
    places.push(...merged.places.filter(({ id }) => id !== places.at(-1)?.id));
    rest = merged.rest;
    if (rest === null) break;
  }
  const ids = (backwards ? places.toReversed() : places).map(({ id }) => id);
  const near = places[0] ?? wish.from; // where one turns round
  const behind = wish.from === null ? null : near;
  return backwards ? { ids, next: behind, previous: rest } : { ids, next: rest, previous: behind };
}

/** How many fit: counted to 10,000, beyond that as the database estimates it. */
export async function countPeople(db: Knex, query: PeopleQuery): Promise<{ value: number; exact: boolean }> {
  const entries = await readEntries(db, query, { from: null, descending: false, budget: MOST_COUNTED });
  const fitting = new Set(entries.filter(({ first, fits }) => first && fits).map(({ id }) => id));
  const cut = sourcesOf(query).some(
    (_, branch) => entries.filter((one) => one.branch === branch).length >= MOST_COUNTED,
  );
  if (!cut) return { value: fitting.size, exact: true };
  return { value: Math.max(fitting.size, await estimate(db, query)), exact: false };
}

async function readEntries(
  db: Knex,
  query: PeopleQuery,
  page: { from: Place | null; descending: boolean; budget: number },
): Promise<Entry[]> {
  const bindings = { ...bindingsOf(query), fromKey: page.from?.key, fromId: page.from?.id };
  return runDynamic<Entry>(db, entriesSql(query, { ...page, continued: page.from !== null }), bindings);
}

/** The statement behind a page, for whoever wants to see how it is carried out. */
export function entriesSql(
  query: PeopleQuery,
  { descending, continued, budget }: { descending: boolean; continued: boolean; budget: number },
): string {
  const first = firstKey(query);
  const fits = conditionOf(query);
  const [than, way] = descending ? ['<', 'desc'] : ['>', 'asc'];
  const branches = sourcesOf(query).map((source, branch) => {
    const { from, where, key, id } = source;
    const further = continued ? ` and (${placed(source)}) ${than} (${bound(source)}:fromId::uuid)` : '';
    const isFirst = first === null ? 'true' : `${key} = ${first}`;
    const entries = (columns: string) => `select ${columns} from ${from} where ${scopeOf(source)} and ${where}${further}
      order by ${ordered(source, way)} limit ${budget}`;
    if (from === PEOPLE) {
      return `(${entries(`${branch} as branch, ${asText(source)} as key, ${id} as id, ${isFirst} as first, (${fits}) as fits`)})`;
    }
    return `(select ${branch} as branch, '' as key, e.id, true as first, (${fits}) as fits from (${entries(`${id} as id`)}) e
      cross join lateral (select * from people p where p.tenant_id = :tenantId and p.id = e.id limit 1) p)`;
  });
  return branches.join('\nunion all\n');
}

// other indexes than those of people name the tenant themselves
const scopeOf = ({ from }: Source) => (from === PEOPLE ? 'p.tenant_id = :tenantId' : 'true');
const keyed = ({ key }: Source) => key !== `''`;
const placed = (source: Source) => (keyed(source) ? `${source.key}, ${source.id}` : source.id);
const bound = (source: Source) =>
  keyed(source) ? `:fromKey::${source.cast}${source.cast === 'text' ? ' collate "C"' : ''}, ` : '';
const ordered = (source: Source, way: string) =>
  keyed(source) ? `${source.key} ${way}, ${source.id} ${way}` : `${source.id} ${way}`;

// times as text that sorts like the times
function asText({ key, cast }: Source): string {
  return cast === 'text' ? key : `to_char(${key} at time zone 'utc', 'YYYYMMDD"T"HH24MISS.US"Z"')`;
}

async function estimate(db: Knex, query: PeopleQuery): Promise<number> {
  const all = sourcesOf(query).map((source) => {
    const condition = source.from === PEOPLE ? conditionOf(query) : 'true';
    return `select 1 from ${source.from} where ${scopeOf(source)} and ${source.where} and ${condition}`;
  });
  const [row] = await runDynamic<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    db,
    `explain (format json) ${all.join(' union all ')}`,
    bindingsOf(query),
  );
  return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}

function bindingsOf(query: PeopleQuery) {
  const { search, ...rest } = query;
  return { ...rest, search, searchEnd: search === null ? null : `${search}\u{10ffff}` };
}
