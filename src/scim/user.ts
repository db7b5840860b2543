import { isUuid } from '../database/uuid.ts';
import { createPerson, deletePerson, findPerson, replacePerson } from '../directory/people.ts';
import type { Stored } from '../directory/stored.ts';
import { resourceText } from './answer.ts';
import { type Context, expectedVersion, notFound, setHeaders, staleVersion, wantsBody } from './context.ts';
import type { Handlers } from './handlers.ts';
import { listResources } from './list.ts';
import { applyPatch } from './patch/apply.ts';
import { parsePatch } from './patch/operations.ts';
import { parseProjection, project } from './projection.ts';
import { coerceResource, type Json } from './schema/coerce.ts';
import { USER } from './schema/schemas.ts';
import { personColumns } from './user-columns.ts';

/** How often a PATCH is worked out anew because somebody else wrote in between. */
const RACES = 20;

/** The /Users endpoint. */
export const USERS: Handlers = {
  list: (context) => listResources(context, 'User', context.query),

  async read(context, id) {
    const stored = isUuid(id) ? await findPerson(context.db, context.scope, id) : null;
    if (!stored) throw notFound('User', id);
    return answer(context, stored);
  },

  async create(context, body) {
    const columns = personColumns(coerceResource(USER, body, context.leniency));
    const rehire = context.connection.profile !== 'rfc';
    const created = await createPerson(context.db, context.scope, columns, { rehire });
    context.changed();
    return answer(context, created);
  },

  async replace(context, id, body) {
    const columns = personColumns(coerceResource(USER, body, context.leniency));
    const version = expectedVersion(context);
    const replaced = isUuid(id) ? await replacePerson(context.db, context.scope, id, version, columns) : null;
    if (!replaced) throw notFound('User', id);
    if (replaced.outcome === 'conflict') throw staleVersion();
    if (replaced.outcome === 'written') context.changed();
    return answer(context, replaced);
  },

  async patch(context, id, body) {
    const operations = parsePatch(body, context.leniency);
    const stored = await patchUser(context, id, (resource) => applyPatch(USER, resource, operations, context.leniency));
    const text = answer(context, stored);
    return wantsBody(context) ? text : undefined;
  },

  async remove(context, id) {
    const version = expectedVersion(context);
    const deleted = isUuid(id) && (await deletePerson(context.db, context.scope, id, version));
    if (!deleted) {
      const exists = version !== null && isUuid(id) && (await findPerson(context.db, context.scope, id));
      throw exists ? staleVersion() : notFound('User', id);
    }
    context.changed();
  },
};

/** Reads, changes, writes; works the change out again when somebody else was faster, so no update is lost. */
async function patchUser(context: Context, id: string, change: (resource: Json) => Json): Promise<Stored> {
  const expected = expectedVersion(context);
  for (let race = 0; race < RACES; race++) {
    const stored = isUuid(id) ? await findPerson(context.db, context.scope, id) : null;
    if (!stored) throw notFound('User', id);
    if (expected !== null && stored.version !== expected) throw staleVersion();
    const columns = personColumns(change(JSON.parse(stored.document) as Json));
    if (columns.document === stored.document) return stored;
    const replaced = await replacePerson(context.db, context.scope, id, stored.version, columns);
    if (!replaced) throw notFound('User', id);
    if (replaced.outcome === 'conflict') continue;
    context.changed();
    return replaced;
  }
  throw new Error(`user ${id} changed ${RACES} times while it was being patched`);
}

function answer(context: Context, stored: Stored): string {
  setHeaders(context, 'User', stored);
  const { query, base } = context;
  return project(
    parseProjection(USER, query['attributes'], query['excludedAttributes']),
    resourceText('User', stored, base),
  );
}
