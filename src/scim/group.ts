import { isUuid } from '../database/uuid.ts';
import { createGroup, deleteGroup, findGroup } from '../directory/groups.ts';
import type { Stored } from '../directory/stored.ts';
import { resourceText } from './answer.ts';
import {
  type Context,
  expectedVersion,
  isUnchanged,
  notFound,
  setHeaders,
  staleVersion,
  wantsBody,
} from './context.ts';
import { coerceGroup, groupColumns, memberIdsOf } from './group-columns.ts';
import { patchGroup, replaceWholeGroup } from './group-write.ts';
import type { Handlers } from './handlers.ts';
import { listResources } from './list.ts';
import { parsePatch } from './patch/operations.ts';
import { parseProjection, project, wants } from './projection.ts';

/** The /Groups endpoint. A change of members never reads the members that stay. */
export const GROUPS: Handlers = {
  list: (context) => listResources(context, 'Group', context.query),

  async read(context, id) {
    const stored = await readGroup(context, id);
    const text = answer(context, stored);
    return isUnchanged(context, stored) ? null : text;
  },

  async create(context, body) {
    const group = await coerceGroup(context.schemas.Group, body, context.leniency);
    const created = await createGroup(
      context.db,
      context.scope,
      groupColumns(context.schemas.Group, group),
      await memberIdsOf(group),
    );
    context.pages.forget(context.scope, 'groups');
    context.changed();
    return answer(context, await readGroup(context, created.id));
  },

  async replace(context, id, body) {
    const group = await coerceGroup(context.schemas.Group, body, context.leniency);
    await replaceWholeGroup(context, uuidOr404(id), group);
    context.changed();
    return answer(context, await readGroup(context, id));
  },

  async patch(context, id, body) {
    await patchGroup(context, uuidOr404(id), parsePatch(body, context.leniency));
    context.changed();
    return wantsBody(context) ? answer(context, await readGroup(context, id)) : undefined;
  },

  async remove(context, id) {
    const read = () => findGroup(context.db, context.scope, uuidOr404(id), false);
    const version = await expectedVersion(context, read);
    if (!(await deleteGroup(context.db, context.scope, uuidOr404(id), version))) {
      const exists = version !== null && (await findGroup(context.db, context.scope, id, false));
      throw exists ? staleVersion() : notFound('Group', id);
    }
    context.pages.forget(context.scope, 'groups');
    context.changed();
  },
};

function projectionOf(context: Context) {
  return parseProjection(context.schemas.Group, context.query['attributes'], context.query['excludedAttributes']);
}

/** Members are read only when the answer shows them (Entra always excludes them). */
async function readGroup(context: Context, id: string): Promise<Stored> {
  const withMembers = wants(projectionOf(context), 'members');
  const stored = await findGroup(context.db, context.scope, uuidOr404(id), withMembers);
  if (!stored) throw notFound('Group', id);
  return stored;
}

function uuidOr404(id: string): string {
  if (!isUuid(id)) throw notFound('Group', id);
  return id;
}

function answer(context: Context, stored: Stored): string {
  setHeaders(context, 'Group', stored);
  return project(projectionOf(context), resourceText('Group', stored, context.base));
}
