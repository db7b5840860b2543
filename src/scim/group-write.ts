import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { findGroupLocked, replaceGroup } from '../directory/groups.ts';
import { changeMembers } from '../directory/members.ts';
import type { Stored } from '../directory/stored.ts';
import { type Context, expectedVersion, notFound, staleVersion } from './context.ts';
import { groupColumns, memberIdsOf } from './group-columns.ts';
import { splitOperations } from './group-patch.ts';
import { applyPatch } from './patch/apply.ts';
import type { PatchOp } from './patch/operations.ts';
import type { Json } from './schema/coerce.ts';
import { GROUP } from './schema/schemas.ts';

/** PUT: the group's own attributes, then its members as two set operations, in one transaction. */
export async function replaceWholeGroup(context: Context, id: string, group: Json): Promise<void> {
  const columns = groupColumns(group);
  const memberIds = memberIdsOf(group);
  await inTransaction(context.db, async (trx) => {
    const { version } = await lockedGroup(context, trx, id);
    await replaceGroup(trx, context.scope, id, version, columns);
    await changeMembers(trx, context.scope, id, { kind: 'add', memberIds });
    await changeMembers(trx, context.scope, id, { kind: 'keep', memberIds });
  });
}

/** PATCH: all operations or none, member operations in the order given; one of those alone needs no transaction. */
export async function patchGroup(context: Context, id: string, operations: PatchOp[]): Promise<void> {
  const { memberChanges, others } = splitOperations(operations, context.leniency);
  const [only, ...more] = memberChanges;
  if (only && more.length === 0 && others.length === 0 && expectedVersion(context) === null) {
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
  const expected = expectedVersion(context);
  if (expected !== null && stored.version !== expected) throw staleVersion();
  return stored;
}

async function patchDocument(
  context: Context,
  trx: Knex.Transaction,
  stored: Stored,
  operations: PatchOp[],
): Promise<void> {
  const patched = applyPatch(GROUP, JSON.parse(stored.document) as Json, operations, context.leniency);
  await replaceGroup(trx, context.scope, stored.id, stored.version, groupColumns(patched));
}
