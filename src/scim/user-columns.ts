import { isUuid } from '../database/uuid.ts';
import type { PersonColumns } from '../directory/stored.ts';
import { emailOf } from '../model/email.ts';
import { keyText, shortEnough } from './key-text.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import { isObject, type Json } from './schema/coerce.ts';
import { ENTERPRISE_URN } from './schema/schemas.ts';
import { searchable } from './schema/search.ts';

/** What the directory keeps of a coerced User: its text and the columns derived from it. */
export function personColumns(schema: ResourceSchema, resource: Json): PersonColumns {
  // absent means active: a client that never speaks of it does not want people suspended
  const active = resource['active'] !== false;
  const whole = withManagerRef({ ...resource, active });
  return {
    userName: keyText(resource, 'userName') ?? '',
    externalId: keyText(resource, 'externalId'),
    email: shortEnough('the e-mail address', emailOf(resource)),
    displayName: keyText(resource, 'displayName'),
    active,
    document: JSON.stringify(whole),
    search: JSON.stringify(searchable(schema, whole)),
    attributes: Object.keys(whole).filter((name) => name !== 'schemas'),
  };
}

/** RFC 7643 §4.3: the manager's `$ref`, relative as in the RFC's own example, for ids that can be ours. */
function withManagerRef(resource: Json): Json {
  const extension = resource[ENTERPRISE_URN];
  const manager = isObject(extension) ? extension['manager'] : undefined;
  if (!isObject(extension) || !isObject(manager) || !isUuid(String(manager['value']))) return resource;
  const $ref = `../Users/${manager['value']}`;
  return { ...resource, [ENTERPRISE_URN]: { ...extension, manager: { ...manager, $ref } } };
}
