import type { Client } from '../../connectors/scim/client.ts';
import { type Resource, readList, readResource } from '../../connectors/scim/messages.ts';
import { feedFailed } from '../failed.ts';
import type { ScimFeedSettings } from './settings.ts';

export type Identified = Resource & { readonly id: string };
type Page = { readonly resources: Identified[]; readonly total: number; readonly nextCursor: string | null };
type Type = '/Users' | '/Groups';

const MOST_PAGES = 1_000_000;

/**
 * Every resource of a type, a page at a time. A list that changes while it is read throws: who has slipped over the edge of
 * a page would look like somebody who has left.
 */
export function everyPage(
  request: Client,
  type: Type,
  settings: Pick<ScimFeedSettings, 'pageSize'>,
  byCursor: boolean,
  signal: AbortSignal,
): AsyncGenerator<Identified[]> {
  const read = async (query: Record<string, string>): Promise<Page> => {
    const { body } = await request({ asked: `the list of ${type}`, method: 'GET', path: type, query }, signal);
    const { resources, total, nextCursor } = readList(body);
    return { resources: resources.map((resource) => readResource(resource)), total, nextCursor };
  };
  return byCursor ? pagesByCursor(read, type, settings.pageSize) : pagesByIndex(read, type, settings.pageSize);
}

type Read = (query: Record<string, string>) => Promise<Page>;

/** Each page begins with the last of the one before: when it is another, the list has moved under our feet. */
async function* pagesByIndex(read: Read, type: Type, pageSize: number): AsyncGenerator<Identified[]> {
  let count = 0;
  let last: string | null = null;
  let total: number | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const query = { startIndex: String(Math.max(1, count)), count: String(pageSize) };
    const page = await read(query);
    total = sameTotal(type, total, page.total);
    const [first, ...rest] = page.resources;
    if (last !== null && first?.id !== last) throw moved(type, `number ${count} is another than a moment ago`);
    const fresh = last === null ? page.resources : rest;
    count += fresh.length;
    last = page.resources.at(-1)?.id ?? null;
    if (count > total || (fresh.length === 0 && count < total)) throw wrongNumber(type, total, count);
    yield fresh;
    if (count === total) return;
  }
}

async function* pagesByCursor(read: Read, type: Type, pageSize: number): AsyncGenerator<Identified[]> {
  let count = 0;
  let cursor: string | null = '';
  let total: number | null = null;
  while (cursor !== null) {
    const page: Page = await read({ cursor, count: String(pageSize) });
    total = sameTotal(type, total, page.total);
    count += page.resources.length;
    if (page.nextCursor === cursor) throw feedFailed(`${type}: the next page is the one just read`);
    cursor = page.nextCursor;
    if (count > total || (cursor === null && count !== total)) throw wrongNumber(type, total, count);
    yield page.resources;
  }
}

function sameTotal(type: Type, before: number | null, now: number): number {
  if (before !== null && before !== now) throw moved(type, `totalResults was ${before} and is ${now}`);
  return now;
}

function moved(type: Type, what: string): Error {
  return feedFailed(`${type}: the list has changed while it was read (${what}): it is read again later`);
}

function wrongNumber(type: Type, total: number, count: number): Error {
  return feedFailed(`${type}: there are ${count} in the list, and totalResults says ${total}: a part is not believed`);
}
