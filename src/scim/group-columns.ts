import { isUuid } from '../database/uuid.ts';
import { unknownMembers } from '../directory/groups.ts';
import type { GroupColumns } from '../directory/stored.ts';
import { ScimError } from './error.ts';
import { keyText } from './key-text.ts';
import { isObject, type Json, type Leniency } from './schema/coerce.ts';
import { GROUP } from './schema/schemas.ts';
import { searchable } from './schema/search.ts';

/** What the directory keeps of a coerced Group: its text without the members, which have a table of their own. */
export function groupColumns(group: Json): GroupColumns {
  const { members: _, ...document } = group;
  return {
    displayName: keyText(group, 'displayName') ?? '',
    externalId: keyText(group, 'externalId'),
    document: JSON.stringify(document),
    search: JSON.stringify(searchable(GROUP, document)),
  };
}

/** The distinct ids of a coerced Group's members; throws `member_not_found` for an id that we never gave out. */
export function memberIdsOf(group: Json): string[] {
  return idsIn(group['members'] ?? [], 'refuse', { tolerant: false });
}

/**
 * The distinct ids in a list of member objects; those that cannot be ours are refused (to add) or skipped (to remove).
 * Tolerant, bare ids and a single member without a list are taken too.
 */
export function idsIn(members: unknown, foreign: 'refuse' | 'skip', leniency: Leniency): string[] {
  if (!leniency.tolerant && !Array.isArray(members)) throw notMembers();
  const ids = [members].flat().map((member) => idOf(member, leniency));
  const ours = ids.filter(isUuid);
  if (foreign === 'refuse' && ours.length < ids.length) throw unknownMembers();
  return [...new Set(ours)];
}

function idOf(member: unknown, leniency: Leniency): string {
  const value = isObject(member) ? lowerKeyed(member, 'value') : leniency.tolerant ? member : undefined;
  if (typeof value !== 'string') throw notMembers();
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
