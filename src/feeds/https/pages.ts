import { isDeepStrictEqual } from 'node:util';
import { isRecord, parseJson, toJson } from '../../connectors/http/json.ts';
import { feedFailed } from '../failed.ts';
import { bodyOf } from '../request.ts';
import type { HttpsClient } from './client.ts';
import type { HttpsSettings, Paging } from './settings.ts';

const PAGE_BYTES = 50_000_000;
const MOST_PAGES = 100_000;

type Place = { readonly url: URL; readonly page: number; readonly rows: number };

/**
 * The rows of all pages as one JSON, in the shape of a page: whatever cannot be believed ends it with an error, so a roster
 * of some pages never looks like one of all.
 */
export async function* pagesAsOne(
  client: HttpsClient,
  { url, maxMegabytes }: HttpsSettings,
  paging: Paging,
  rowsAt: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const names = rowsAt === '' ? [] : rowsAt.split('/');
  yield Buffer.from(`${names.map((name) => `{${JSON.stringify(name)}:`).join('')}[`);
  let place: Place | null = { url: firstUrl(url, paging), page: 1, rows: 0 };
  let before: unknown[] = [];
  let total: number | null = null;
  let size = 0;
  while (place) {
    const body = await readPage(client, place, signal);
    const rows = listAt(body, names, place);
    if (rows.length > 0 && isDeepStrictEqual(rows, before)) throw repeated(paging, place);
    total = sameTotal(total, body, paging, place);
    for (const [index, row] of rows.entries()) {
      const chunk = Buffer.from(`${place.rows + index > 0 ? ',\n' : ''}${toJson(row)}`);
      size += chunk.length;
      if (size > maxMegabytes * 1_000_000) throw feedFailed(`there are more than ${maxMegabytes} MB: see maxMegabytes`);
      yield chunk;
    }
    const read: number = place.rows + rows.length;
    place = nextPlace(url, paging, body, { ...place, rows: read }, rows.length);
    before = rows;
    if (place && place.page > MOST_PAGES) throw feedFailed(`the list does not end: ${MOST_PAGES} pages were read`);
    if (!place && total !== null && total !== read) {
      throw feedFailed(`the pages have ${read} rows, and say that there are ${total}: it may have changed meanwhile`);
    }
  }
  yield Buffer.from(`]${names.map(() => '}').join('')}`);
}

async function readPage(client: HttpsClient, { url, page }: Place, signal: AbortSignal): Promise<unknown> {
  const { answer } = await client(url, { accept: 'application/json' }, signal);
  const chunks: Buffer[] = [];
  for await (const chunk of bodyOf(answer, url.host, signal, PAGE_BYTES)) chunks.push(chunk);
  const body = parseJson(Buffer.concat(chunks).toString('utf8'));
  if (body === undefined) throw feedFailed(`page ${page} of ${url.host} is not JSON: only JSON comes in pages`);
  return body;
}

function listAt(body: unknown, names: readonly string[], { page, url }: Place): unknown[] {
  const found = valueAt(body, names);
  if (Array.isArray(found)) return found;
  const where = names.length ? `at ${names.join('/')}` : 'at its top';
  throw feedFailed(`page ${page} of ${url.host} has no list ${where}: "rows" in the profile says where the people are`);
}

function valueAt(body: unknown, names: readonly string[]): unknown {
  return names.reduce((value, name) => (isRecord(value) ? value[name] : undefined), body);
}

function sameTotal(before: number | null, body: unknown, { total }: Paging, { page }: Place): number | null {
  if (total === undefined) return null;
  const found = valueAt(body, total.split('/'));
  const said = typeof found === 'bigint' || typeof found === 'string' ? Number(found) : Number.NaN;
  if (!Number.isSafeInteger(said) || said < 0) throw feedFailed(`page ${page} has no number at ${total}`);
  if (before !== null && before !== said) {
    throw feedFailed(`there were ${before} rows, and by page ${page} there are ${said}: it has changed meanwhile`);
  }
  return said;
}

function firstUrl(url: URL, paging: Paging): URL {
  if (paging.by === 'next') return url;
  return withParameters(url, paging, paging.by === 'page' ? paging.first : 0);
}

function withParameters(url: URL, paging: Exclude<Paging, { by: 'next' }>, value: number): URL {
  const next = new URL(url);
  next.searchParams.set(paging.parameter, String(value));
  if (paging.size) next.searchParams.set(paging.size.parameter, String(paging.size.rows));
  return next;
}

/**
 * Where the next page is; null behind the last one.
 *
 *   by       the page              next
 *   next     names no next one     none
 *   next     names one             there, on the same host
 *   page     has no rows           none
 *   page     has some              one further
 *   offset   has no rows           none
 *   offset   has some              behind all that were read
 */
function nextPlace(url: URL, paging: Paging, body: unknown, place: Place, found: number): Place | null {
  const page = place.page + 1;
  if (paging.by === 'next') {
    const said = valueAt(body, paging.path.split('/'));
    if (said === null || said === undefined || said === '') return null;
    return { ...place, page, url: nextUrl(String(said), place.url) };
  }
  if (found === 0) return null;
  const value = paging.by === 'page' ? paging.first + place.page : place.rows;
  return { ...place, page, url: withParameters(url, paging, value) };
}

function nextUrl(said: string, from: URL): URL {
  const next = URL.parse(said, from);
  if (next?.origin !== from.origin) throw feedFailed(`the next page is not on ${from.host}: it gets no secret of ours`);
  if (next.href === from.href) throw feedFailed('the next page is the one just read');
  return next;
}

function repeated(paging: Paging, { page, url }: Place): Error {
  const what = paging.by === 'next' ? 'the same rows' : `the same rows, whatever "${paging.parameter}" says`;
  return feedFailed(`page ${page} of ${url.host} has ${what} as the one before`);
}
