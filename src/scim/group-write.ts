import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { findGroup, replaceGroup } from '../directory/groups.ts';
import { changeMembers, type MemberChange } from '../directory/members.ts';
import { type Context, expectedVersion, notFound, staleVersion } from './context.ts';
import { groupColumns, memberIdsOf } from './group-columns.ts';
import { splitOperations } from './group-patch.ts';
import { applyPatch } from './patch/apply.ts';
import type { PatchOp } from './patch/operations.ts';
import type { Json } from './schema/coerce.ts';
import { GROUP } from './schema/schemas.ts';

/** PUT: the group's own attributes, then its members as two set operations, in one transaction. */
export async function replaceWholeGroup(context: Context, id: string, group: Json): Promise<void> {
  const version = expectedVersion(context);
  const memberIds = memberIdsOf(group);
  await inTransaction(context.db, async (trx) => {
    const replaced = await replaceGroup(trx, context.scope, id, version, groupColumns(group));
    if (!replaced) throw notFound('Group', id);
    if (replaced.outcome === 'conflict') throw staleVersion();
    await changeMembers(trx, context.scope, id, { kind: 'add', memberIds });
    await changeMembers(trx, context.scope, id, { kind: 'keep', memberIds });
  });
}

/** PATCH: member operations in the order given, all of them or none; one alone needs no transaction. */
export async function patchGroup(context: Context, id: string, operations: PatchOp[]): Promise<void> {
  const { memberChanges, others } = splitOperations(operations, context.leniency);
  const version = expectedVersion(context);
  const [only, ...more] = memberChanges;
  if (others.length === 0 && version === null && only && more.length === 0) {
    await changeOrRefuse(context, context.db, id, only);
    return;
  }
  await inTransaction(context.db, async (trx) => {
    await patchDocument(context, trx, id, others, version);
    for (const change of memberChanges) await changeMembers(trx, context.scope, id, change);
  });
}

/** A change that moved nobody may mean that the group is not there: only then is it looked up. */
async function changeOrRefuse(context: Context, db: Knex, id: string, change: MemberChange): Promise<void> {
  const changed = await changeMembers(db, context.scope, id, change);
  if (changed === 0 && !(await findGroup(db, context.scope, id, false))) throw notFound('Group', id);
}

async function patchDocument(
  context: Context,
  trx: Knex,
  id: string,
  operations: PatchOp[],
  version: number | null,
): Promise<void> {
  const stored = await findGroup(trx, context.scope, id, false);
  if (!stored) throw notFound('Group', id);
  if (version !== null && stored.version !== version) throw staleVersion();
  if (operations.length === 0) return;
  const patched = applyPatch(GROUP, JSON.parse(stored.document) as Json, operations, context.leniency);
  const replaced = await replaceGroup(trx, context.scope, id, stored.version, groupColumns(patched));
  if (replaced?.outcome === 'conflict') throw staleVersion();
}
