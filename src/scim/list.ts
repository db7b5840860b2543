import { type Listed, listStored } from '../directory/list.ts';
import { GROUPS, PEOPLE } from '../directory/list-sources.ts';
import type { Sort } from '../directory/sort-sql.ts';
import type { Condition } from '../model/filter.ts';
import { listText, type Paging, type ResourceName, resourceText } from './answer.ts';
import { createBreather } from './breathe.ts';
import type { Context } from './context.ts';
import { ScimError } from './error.ts';
import { parseFilter } from './filter/parse.ts';
import { findAttribute, resolveFilter } from './filter/resolve.ts';
import { parseProjection, project, wants } from './projection.ts';
import type { ResourceSchema } from './schema/attribute.ts';

/** Page size when the client names none, and the largest one we give. */
export const DEFAULT_COUNT = 100;
export const MAX_COUNT = 1000;
/** Past any directory; keeps the offset an integer that PostgreSQL takes. */
const MAX_START = 1_000_000_000;

const KINDS = {
  User: { source: PEOPLE, related: 'groups' },
  Group: { source: GROUPS, related: 'members' },
} as const;

export type ListParameters = Readonly<Record<string, unknown>>;
export type Texts = { total: number; texts: string[] };

/** Answers a list or a search (RFC 7644 §3.4.2, §3.4.3, RFC 9865): all take the same parameters. */
export async function listResources(context: Context, name: ResourceName, parameters: ListParameters): Promise<string> {
  if (parameters['cursor'] !== undefined) return listByCursor(context, name, parameters);
  const startIndex = startOf(parameters);
  const limit = countOf(parameters);
  const { total, texts } = await readPage(context, name, parameters, startIndex - 1, limit);
  return listText(texts, total, { startIndex });
}

/**
 * Rows by number, as texts; also what the search over all types is put together from. With `otherTypes` an attribute of
 * theirs matches nothing here instead of being an error (RFC 7644 §3.4.2.1).
 */
export async function readPage(
  context: Context,
  name: ResourceName,
  parameters: ListParameters,
  offset: number,
  limit: number,
  otherTypes = false,
): Promise<Texts> {
  const { total, items } = await listStored(
    context.db,
    context.scope,
    KINDS[name].source,
    {
      ...queryOf(context, name, parameters, otherTypes),
      start: { offset },
      limit,
    },
    context.pages,
  );
  return { total, texts: await textsOf(context, name, parameters, items) };
}

/** RFC 9865: an empty cursor begins; each page says where the next and the previous one begin. */
async function listByCursor(context: Context, name: ResourceName, parameters: ListParameters): Promise<string> {
  const sent = parameters['cursor'] === null ? '' : parameters['cursor'];
  if (typeof sent !== 'string') throw new ScimError(400, 'give one cursor', 'invalidCursor');
  const limit = countOf(parameters);
  const asked = JSON.stringify([
    name,
    parameters['filter'] ?? '',
    parameters['sortBy'] ?? '',
    parameters['sortOrder'] ?? '',
  ]);
  const scope = `${context.scope.connectionId}${asked}`;
  const cursor = sent === '' ? null : context.cursors.read(sent, scope);
  const { total, items } = await listStored(
    context.db,
    context.scope,
    KINDS[name].source,
    {
      ...queryOf(context, name, parameters),
      start: cursor ?? { offset: 0 },
      limit: limit === 0 ? 0 : limit + 1, // one more row says whether there is a next page
    },
    context.pages,
  );
  const backwards = cursor?.backwards ?? false;
  const more = items.length > limit;
  const page = backwards ? items.slice(more ? 1 : 0) : items.slice(0, limit);
  const write = (row: Listed | undefined, back: boolean) =>
    row && context.cursors.write({ position: { id: row.id, value: row.sortValue }, backwards: back }, scope);
  const paging: Paging = {
    next: more || backwards ? write(page.at(-1), false) : undefined,
    previous: (backwards ? more : cursor !== null) ? write(page[0], true) : undefined,
  };
  return listText(await textsOf(context, name, parameters, page), total, paging);
}

function queryOf(context: Context, name: ResourceName, parameters: ListParameters, otherTypes = false) {
  const schema = context.schemas[name];
  const { related } = KINDS[name];
  const projection = parseProjection(schema, parameters['attributes'], parameters['excludedAttributes']);
  return {
    condition: conditionOf(context, schema, parameters['filter'], otherTypes),
    sort: sortOf(context, schema, parameters),
    withRelated: wants(projection, related),
  };
}

async function textsOf(
  context: Context,
  name: ResourceName,
  parameters: ListParameters,
  items: Listed[],
): Promise<string[]> {
  const projection = parseProjection(context.schemas[name], parameters['attributes'], parameters['excludedAttributes']);
  const breathe = createBreather();
  const texts: string[] = [];
  for (const stored of items) {
    await breathe(); // a page of groups may be large
    texts.push(project(projection, resourceText(name, stored, context.base)));
  }
  return texts;
}

function conditionOf(context: Context, schema: ResourceSchema, filter: unknown, otherTypes: boolean): Condition | null {
  if (filter === undefined || filter === null || filter === '') return null;
  if (typeof filter !== 'string') throw new ScimError(400, 'give one filter', 'invalidFilter');
  const { leniency } = context;
  const unknown = otherTypes ? 'never' : leniency.tolerant ? 'ignored' : 'error';
  return resolveFilter(schema, parseFilter(filter, leniency), { unknown, ...leniency });
}

/** RFC 7644 §3.4.2.3. An attribute that is not known sorts nothing, except where the RFC is taken at its word. */
function sortOf(context: Context, schema: ResourceSchema, parameters: ListParameters): Sort | null {
  const { sortBy, sortOrder } = parameters;
  if (typeof sortBy !== 'string' || sortBy === '') return null;
  const order = typeof sortOrder === 'string' && sortOrder ? sortOrder.toLowerCase() : 'ascending';
  if (order !== 'ascending' && order !== 'descending') {
    throw new ScimError(400, 'sortOrder must be ascending or descending', 'invalidValue');
  }
  const attribute = findAttribute(schema, sortBy);
  const sortable =
    attribute && attribute.type !== 'complex' && !['groups', 'members'].includes(attribute.names[0] ?? '');
  if (sortable) return { attribute, descending: order === 'descending' };
  if (context.leniency.tolerant) {
    context.leniency.note?.('unsortable_ignored');
    return null;
  }
  throw new ScimError(400, `lists cannot be sorted by "${sortBy.slice(0, 100)}"`, 'invalidPath');
}

export function startOf(parameters: ListParameters): number {
  return Math.max(1, wholeNumber(parameters, 'startIndex') ?? 1);
}

export function countOf(parameters: ListParameters): number {
  return Math.min(MAX_COUNT, Math.max(0, wholeNumber(parameters, 'count') ?? DEFAULT_COUNT));
}

/** Query parameters are text, those of a search are numbers; anything that is no whole number is refused. */
function wholeNumber(parameters: ListParameters, name: string): number | null {
  const value = parameters[name];
  if (value === undefined || value === null || value === '') return null;
  const number = /^[+-]?\d+$/.test(String(value)) && !Array.isArray(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) {
    // RFC 9865 §2.1 has a word of its own for a bad count
    throw new ScimError(400, `${name} must be a whole number`, name === 'count' ? 'invalidCount' : 'invalidValue');
  }
  return Math.min(number, MAX_START);
}
