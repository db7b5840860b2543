import type { PersonColumns } from '../directory/stored.ts';
import { emailOf } from '../model/email.ts';
import { keyText, shortEnough } from './key-text.ts';
import type { Json } from './schema/coerce.ts';
import { USER } from './schema/schemas.ts';
import { searchable } from './schema/search.ts';

/** What the directory keeps of a coerced User: its text and the columns derived from it. */
export function personColumns(resource: Json): PersonColumns {
  // absent means active: a client that never speaks of it does not want people suspended
  const active = resource['active'] !== false;
  const whole = { ...resource, active };
  return {
    userName: keyText(resource, 'userName') ?? '',
    externalId: keyText(resource, 'externalId'),
    email: shortEnough('the e-mail address', emailOf(resource)),
    displayName: keyText(resource, 'displayName'),
    active,
    document: JSON.stringify(whole),
    search: JSON.stringify(searchable(USER, whole)),
  };
}
