import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { fold } from '../directory/stored.ts';
import { PERSON_STATES } from '../model/person-state.ts';
import { countPeople, type FoundPage, findPeople } from '../report/people-list.ts';
import { type PersonRow, peopleRows } from '../report/people-rows.ts';
import { PEOPLE_SORTS, type PeopleQuery, type PeopleSort } from '../report/people-sources.ts';
import { csvLine } from './csv.ts';
import { isStorable } from './input.ts';
import { readCursor, writeCursor } from './page-cursor.ts';
import { standings } from './standings.ts';

const SORTS = [...PEOPLE_SORTS, ...PEOPLE_SORTS.map((name) => `-${name}` as const)] as const;

/** What `GET /people` may be asked for. */
export const PeopleWish = z
  .strictObject({
    search: z.string().trim().min(1).max(200).refine(isStorable, 'text that no name can hold').optional(),
    state: z.enum(PERSON_STATES).optional(),
    connection: z.uuid().optional(),
    group: z.uuid().optional(),
    changedSince: z.iso.datetime({ offset: true }).optional(),
    sort: z.enum(SORTS).optional(),
    cursor: z.string().max(4000).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    count: z.stringbool().default(false),
  })
  .refine(({ search, sort }) => search === undefined || sort === undefined, {
    path: ['sort'],
    message: 'a search has an order of its own, by what was found: leave sort out',
  });
export type PeopleWish = z.output<typeof PeopleWish>;

/** A page of people as JSON; the whole list where CSV is asked for. */
export async function listPeople(db: Knex, req: Request, res: Response): Promise<void> {
  const wish = PeopleWish.parse(req.query);
  const list = listOf(res.locals['tenantId'], wish);
  if (req.accepts(['json', 'text/csv']) === 'text/csv') return sendCsv(db, list, res);
  const cursor = wish.cursor === undefined ? null : readCursor(wish.cursor, list);
  const { limit } = wish;
  const page = await findPeople(db, list.query, {
    limit,
    from: cursor,
    backwards: cursor?.backwards ?? false,
    descending: list.descending,
  });
  const people = await peopleRows(db, list.query.tenantId, page.ids);
  const count = wish.count ? { count: await countPeople(db, list.query) } : {};
  res.json({ people: people.map(shown), ...cursorsOf(page, list), ...count });
}

type List = { query: PeopleQuery; descending: boolean };

function listOf(tenantId: string, wish: PeopleWish): List {
  const { search, state, connection, group, changedSince, sort } = wish;
  const name = (sort?.replace('-', '') ?? (changedSince === undefined ? 'created' : 'changed')) as PeopleSort;
  const query = {
    tenantId,
    search: search === undefined ? null : fold(search),
    state: state ?? null,
    connectionId: connection ?? null,
    groupId: group ?? null,
    changedSince: changedSince === undefined ? null : new Date(changedSince),
    sort: name,
  };
  return { query, descending: sort?.startsWith('-') ?? false };
}

function cursorsOf({ next, previous }: FoundPage, list: List) {
  return {
    next: next && writeCursor({ ...next, backwards: false }, list),
    previous: previous && writeCursor({ ...previous, backwards: true }, list),
  };
}

function shown({ links, work, held, released, ...person }: PersonRow) {
  return { ...person, targets: standings({ links, work, held, released, connection: person.connection }) };
}

const COLUMNS = ['id', 'userName', 'email', 'displayName', 'externalId', 'active', 'absent', 'deleted'] as const;

async function sendCsv(db: Knex, list: List, res: Response): Promise<void> {
  res.type('text/csv; charset=utf-8').attachment('people.csv');
  await pipeline(Readable.from(csvOf(db, list)), res);
}

// page by page, so that neither this process nor the database holds the list
async function* csvOf(db: Knex, { query, descending }: List): AsyncGenerator<string> {
  yield `\ufeff${csvLine([...COLUMNS, 'connection', 'modifiedAt', 'targets'])}`; // the mark makes Excel read UTF-8
  for (let from: FoundPage['next'] = null; ; ) {
    const page: FoundPage = await findPeople(db, query, { limit: 1000, from, backwards: false, descending });
    for (const person of (await peopleRows(db, query.tenantId, page.ids)).map(shown)) {
      const own = COLUMNS.map((name) => String(person[name] ?? ''));
      const states = person.targets.map(({ targetId, syncState }) => `${targetId} ${syncState}`).join(' | ');
      yield csvLine([...own, person.connection.name, person.modifiedAt.toISOString(), states]);
    }
    if (page.next === null) return;
    from = page.next;
  }
}
