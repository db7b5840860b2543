import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { isUuid } from '../database/uuid.ts';
import {
  createPerson,
  deletePerson,
  findPerson,
  findPersonAlone,
  findPersonLocked,
  replacePerson,
} from '../directory/people.ts';
import type { PersonColumns, Stored } from '../directory/stored.ts';
import { resourceText } from './answer.ts';
import { changedNames } from './changed-names.ts';
import {
  type Context,
  expectedVersion,
  isExpected,
  isUnchanged,
  notFound,
  setHeaders,
  staleVersion,
  wantsBody,
} from './context.ts';
import type { Handlers } from './handlers.ts';
import { listResources } from './list.ts';
import { applyPatch } from './patch/apply.ts';
import { parsePatch } from './patch/operations.ts';
import { parseProjection, project } from './projection.ts';
import { coerceResource, type Json } from './schema/coerce.ts';
import { personColumns } from './user-columns.ts';

/** How often a PATCH may lose against another writer before it takes a lock. */
const RACES = 3;

/** The /Users endpoint. */
export const USERS: Handlers = {
  list: (context) => listResources(context, 'User', context.query),

  async read(context, id) {
    const stored = isUuid(id) ? await findPerson(context.db, context.scope, id) : null;
    if (!stored) throw notFound('User', id);
    const text = answer(context, stored);
    return isUnchanged(context, stored) ? null : text;
  },

  async create(context, body) {
    const columns = columnsOf(context, body);
    const rehire = context.connection.profile !== 'rfc';
    const created = await createPerson(context.db, context.scope, columns, { rehire });
    context.pages.forget(context.scope, 'people');
    if (created.version > 1) context.leniency.note?.('rehire_by_post');
    context.changed();
    return answer(context, created);
  },

  async replace(context, id, body) {
    const columns = columnsOf(context, body);
    const version = await versionToWrite(context, id);
    const replaced = isUuid(id) ? await replacePerson(context.db, context.scope, id, version, columns) : null;
    if (!replaced) throw notFound('User', id);
    if (replaced.outcome === 'conflict') throw staleVersion();
    if (replaced.outcome === 'written') context.changed();
    return answer(context, replaced);
  },

  async patch(context, id, body) {
    const operations = parsePatch(body, context.leniency);
    if (!isUuid(id)) throw notFound('User', id);
    const patched = await patchUser(context, id, (resource) =>
      applyPatch(context.schemas.User, resource, operations, context.leniency),
    );
    context.changed();
    if (!wantsBody(context)) {
      setHeaders(context, 'User', patched);
      return undefined;
    }
    const stored = await findPerson(context.db, context.scope, id); // with their groups, which a change need not read
    if (!stored) throw notFound('User', id);
    return answer(context, stored);
  },

  async remove(context, id) {
    const version = await versionToWrite(context, id);
    const deleted = isUuid(id) && (await deletePerson(context.db, context.scope, id, version));
    if (!deleted) {
      const exists = version !== null && isUuid(id) && (await findPerson(context.db, context.scope, id));
      throw exists ? staleVersion() : notFound('User', id);
    }
    context.pages.forget(context.scope, 'people');
    context.changed();
  },
};

type Change = (resource: Json) => Json;

/** Reads, changes, writes; once more when somebody else was faster, then with a lock, so no update is ever lost. */
async function patchUser(context: Context, id: string, change: Change): Promise<Stored> {
  const { db, scope } = context;
  for (let race = 0; race < RACES; race++) {
    const stored = await findPersonAlone(db, scope, id);
    const patched = await patchStored(context, db, stored, id, change);
    if (patched) return patched;
  }
  const patched = await inTransaction(db, async (trx) =>
    patchStored(context, trx, await findPersonLocked(trx, scope, id), id, change),
  );
  if (!patched) throw new Error(`user ${id} changed while it was locked`);
  return patched;
}

/** Null when it has changed since it was read. */
async function patchStored(
  context: Context,
  db: Knex,
  stored: Stored | null,
  id: string,
  change: Change,
): Promise<Stored | null> {
  if (!stored) throw notFound('User', id);
  if (!isExpected(context, stored)) throw staleVersion();
  const former = JSON.parse(stored.document) as Json;
  const columns = personColumns(context.schemas.User, change(former));
  if (columns.document === stored.document) return stored;
  const attributes = changedNames(former, JSON.parse(columns.document) as Json);
  const replaced = await replacePerson(db, context.scope, id, stored.version, { ...columns, attributes }, 'patch');
  if (!replaced) throw notFound('User', id);
  return replaced.outcome === 'conflict' ? null : replaced;
}

function versionToWrite(context: Context, id: string): Promise<number | null> {
  return expectedVersion(context, async () => (isUuid(id) ? findPersonAlone(context.db, context.scope, id) : null));
}

function columnsOf(context: Context, body: unknown): PersonColumns {
  const { User } = context.schemas;
  return personColumns(User, coerceResource(User, body, context.leniency));
}

function answer(context: Context, stored: Stored): string {
  setHeaders(context, 'User', stored);
  const { query, base } = context;
  return project(
    parseProjection(context.schemas.User, query['attributes'], query['excludedAttributes']),
    resourceText('User', stored, base),
  );
}
