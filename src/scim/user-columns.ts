import type { PersonColumns } from '../directory/stored.ts';
import { emailOf } from '../model/email.ts';
import type { Json } from './schema/coerce.ts';
import { USER } from './schema/schemas.ts';
import { searchable } from './schema/search.ts';

/** What the directory keeps of a coerced User: its text and the columns derived from it. */
export function personColumns(resource: Json): PersonColumns {
  return {
    userName: String(resource['userName']),
    externalId: textOrNull(resource['externalId']),
    email: emailOf(resource),
    displayName: textOrNull(resource['displayName']),
    // absent means active: a client that never speaks of it does not want people suspended
    active: resource['active'] !== false,
    document: JSON.stringify(resource),
    search: JSON.stringify(searchable(USER, resource)),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
