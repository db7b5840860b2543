import { isUuid } from '../database/uuid.ts';
import { unknownMembers } from '../directory/groups.ts';
import type { GroupColumns } from '../directory/stored.ts';
import { isObject, type Json } from './schema/coerce.ts';
import { GROUP } from './schema/schemas.ts';
import { searchable } from './schema/search.ts';

/** What the directory keeps of a coerced Group: its text without the members, which have a table of their own. */
export function groupColumns(group: Json): GroupColumns {
  const { members: _, ...document } = group;
  return {
    displayName: String(group['displayName']),
    externalId: typeof group['externalId'] === 'string' ? group['externalId'] : null,
    document: JSON.stringify(document),
    search: JSON.stringify(searchable(GROUP, document)),
  };
}

/** The distinct ids of a coerced Group's members; throws `member_not_found` for an id that we never gave out. */
export function memberIdsOf(group: Json): string[] {
  return idsIn(group['members'], 'refuse');
}

/** The ids in a list of member objects; those that cannot be ours are refused (to add) or skipped (to remove). */
export function idsIn(members: unknown, foreign: 'refuse' | 'skip'): string[] {
  const values = [members].flat().map((member) => (isObject(member) ? member['value'] : member));
  const ids = values.filter((value) => typeof value === 'string').map((value) => value.trim().toLowerCase());
  const ours = ids.filter(isUuid);
  if (foreign === 'refuse' && ours.length < ids.length) throw unknownMembers();
  return [...new Set(ours)];
}
