import { listStored } from '../directory/list.ts';
import { GROUPS, PEOPLE } from '../directory/list-sources.ts';
import type { Condition } from '../model/filter.ts';
import { listText, type ResourceName, resourceText } from './answer.ts';
import type { Context } from './context.ts';
import { ScimError } from './error.ts';
import { parseFilter } from './filter/parse.ts';
import { resolveFilter } from './filter/resolve.ts';
import { parseProjection, project, wants } from './projection.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import { GROUP, USER } from './schema/schemas.ts';

/** Page size when the client names none, and the largest one we give. */
const DEFAULT_COUNT = 100;
export const MAX_COUNT = 1000;
/** Past any directory; keeps the offset an integer that PostgreSQL takes. */
const MAX_START = 1_000_000_000;

const KINDS = {
  User: { schema: USER, source: PEOPLE, related: 'groups' },
  Group: { schema: GROUP, source: GROUPS, related: 'members' },
} as const;

export type ListParameters = Readonly<Record<string, unknown>>;

/** Answers a list or a search (RFC 7644 §3.4.2, §3.4.3): both take the same parameters. */
export async function listResources(context: Context, name: ResourceName, parameters: ListParameters): Promise<string> {
  const { schema, source, related } = KINDS[name];
  const startIndex = Math.max(1, wholeNumber(parameters, 'startIndex') ?? 1);
  const limit = Math.min(MAX_COUNT, Math.max(0, wholeNumber(parameters, 'count') ?? DEFAULT_COUNT));
  const projection = parseProjection(schema, parameters['attributes'], parameters['excludedAttributes']);
  const { total, items } = await listStored(context.db, context.scope, source, {
    condition: conditionOf(context, schema, parameters['filter']),
    offset: startIndex - 1,
    limit,
    withRelated: wants(projection, related),
  });
  const texts = items.map((stored) => project(projection, resourceText(name, stored, context.base)));
  return listText(texts, total, startIndex);
}

function conditionOf(context: Context, schema: ResourceSchema, filter: unknown): Condition | null {
  if (filter === undefined || filter === null || filter === '') return null;
  if (typeof filter !== 'string') throw new ScimError(400, 'give one filter', 'invalidFilter');
  const { tolerant } = context.leniency;
  return resolveFilter(schema, parseFilter(filter, { tolerant }), { unknown: tolerant ? 'never' : 'error', tolerant });
}

/** Query parameters are text, those of a search are numbers; anything that is no whole number is refused. */
function wholeNumber(parameters: ListParameters, name: string): number | null {
  const value = parameters[name];
  if (value === undefined || value === null || value === '') return null;
  const number = /^[+-]?\d+$/.test(String(value)) && !Array.isArray(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) throw new ScimError(400, `${name} must be a whole number`, 'invalidValue');
  return Math.min(number, MAX_START);
}
