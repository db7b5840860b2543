import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { findGroupLocked, replaceGroup } from '../directory/groups.ts';
import { changeMembers } from '../directory/members.ts';
import type { Stored } from '../directory/stored.ts';
import { type Context, expectedVersions, isExpected, notFound, staleVersion } from './context.ts';
import { groupColumns, memberIdsOf } from './group-columns.ts';
import { inSlices, splitOperations } from './group-patch.ts';
import { applyPatch } from './patch/apply.ts';
import type { PatchOp } from './patch/operations.ts';
import type { Json } from './schema/coerce.ts';

/** PUT: the group's own attributes, then its members as two set operations, in one transaction. */
export async function replaceWholeGroup(context: Context, id: string, group: Json): Promise<void> {
  const columns = groupColumns(context.schemas.Group, group);
  const memberIds = await memberIdsOf(group);
  await inTransaction(context.db, async (trx) => {
    const { version } = await lockedGroup(context, trx, id);
    await replaceGroup(trx, context.scope, id, version, columns);
    for (const change of inSlices({ kind: 'add', memberIds })) await changeMembers(trx, context.scope, id, change);
    await changeMembers(trx, context.scope, id, { kind: 'keep', memberIds });
  });
}

/** PATCH: all operations or none, member operations in the order given; one of those alone needs no transaction. */
export async function patchGroup(context: Context, id: string, operations: PatchOp[]): Promise<void> {
  const { memberChanges, others } = await splitOperations(context.schemas.Group, operations, context.leniency);
  const [only, ...more] = memberChanges;
  if (only && more.length === 0 && others.length === 0 && expectedVersions(context) === null) {
    await changeMembers(context.db, context.scope, id, only);
    return;
  }
  await inTransaction(context.db, async (trx) => {
    const stored = await lockedGroup(context, trx, id);
    if (others.length) await patchDocument(context, trx, stored, others);
    for (const change of memberChanges) await changeMembers(trx, context.scope, id, change);
  });
}

/** The group, which stays as it is until the transaction ends; throws 404 and 412. */
async function lockedGroup(context: Context, trx: Knex.Transaction, id: string): Promise<Stored> {
  const stored = await findGroupLocked(trx, context.scope, id);
  if (!stored) throw notFound('Group', id);
  if (!isExpected(context, stored)) throw staleVersion();
  return stored;
}

async function patchDocument(
  context: Context,
  trx: Knex.Transaction,
  stored: Stored,
  operations: PatchOp[],
): Promise<void> {
  const { Group } = context.schemas;
  const patched = applyPatch(Group, JSON.parse(stored.document) as Json, operations, context.leniency);
  await replaceGroup(trx, context.scope, stored.id, stored.version, groupColumns(Group, patched));
}
