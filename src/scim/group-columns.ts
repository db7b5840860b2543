import { isUuid } from '../database/uuid.ts';
import { unknownMembers } from '../directory/groups.ts';
import type { GroupColumns } from '../directory/stored.ts';
import { createBreather } from './breathe.ts';
import { ScimError } from './error.ts';
import { keyText } from './key-text.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import { coerceResource, coerceValue, isObject, type Json, type Leniency } from './schema/coerce.ts';
import { searchable } from './schema/search.ts';

/** What the directory keeps of a coerced Group: its text without the members, which have a table of their own. */
export function groupColumns(schema: ResourceSchema, group: Json): GroupColumns {
  const { members: _, ...document } = group;
  return {
    displayName: keyText(group, 'displayName') ?? '',
    externalId: keyText(group, 'externalId'),
    document: JSON.stringify(document),
    search: JSON.stringify(searchable(schema, document)),
  };
}

/** So many members are worked through before others get a turn. */
const SLICE = 2_000;

/** A Group as coerceResource makes it; the members of a large one in slices, with pauses for others. */
export async function coerceGroup(schema: ResourceSchema, body: unknown, leniency: Leniency): Promise<Json> {
  const sent = isObject(body) ? body['members'] : undefined;
  const attribute = schema.attributes.get('members');
  if (!isObject(body) || !attribute || !Array.isArray(sent) || sent.length <= SLICE) {
    return coerceResource(schema, body, leniency);
  }
  const group = coerceResource(schema, { ...body, members: null }, leniency);
  const breathe = createBreather();
  const members: unknown[] = [];
  for (let at = 0; at < sent.length; at += SLICE) {
    await breathe();
    const some = coerceValue(attribute, sent.slice(at, at + SLICE), 'members', leniency);
    for (const member of Array.isArray(some) ? some : []) members.push(member);
  }
  return { ...group, members };
}

/** The distinct ids of a coerced Group's members; throws `member_not_found` for an id that we never gave out. */
export function memberIdsOf(group: Json): Promise<string[]> {
  return idsIn(group['members'] ?? [], 'refuse', { tolerant: false });
}

/**
 * The distinct ids in a list of member objects; those that cannot be ours are refused (to add) or skipped (to remove).
 * Tolerant, bare ids and a single member without a list are taken too.
 */
export async function idsIn(members: unknown, foreign: 'refuse' | 'skip', leniency: Leniency): Promise<string[]> {
  if (!Array.isArray(members)) {
    if (!leniency.tolerant) throw notMembers();
    leniency.note?.('single_not_array');
  }
  const list: unknown[] = Array.isArray(members) ? members : [members];
  const ours = new Set<string>();
  const breathe = createBreather();
  for (const [index, member] of list.entries()) {
    if (index % SLICE === 0) await breathe();
    const id = idOf(member, leniency);
    if (isUuid(id)) ours.add(id);
    else if (foreign === 'refuse') throw unknownMembers();
  }
  await breathe();
  return [...ours];
}

function idOf(member: unknown, leniency: Leniency): string {
  const bare = leniency.tolerant && typeof member === 'string';
  const value = isObject(member) ? lowerKeyed(member, 'value') : bare ? member : undefined;
  if (typeof value !== 'string') throw notMembers();
  if (bare) leniency.note?.('bare_member');
  return value.trim().toLowerCase();
}

function lowerKeyed(member: Json, name: string): unknown {
  return Object.hasOwn(member, name)
    ? member[name]
    : Object.entries(member).find(([key]) => key.toLowerCase() === name)?.[1];
}

function notMembers(): ScimError {
  return new ScimError(
    400,
    'members must be an array of objects with the id of a user or group as value',
    'invalidValue',
  );
}
