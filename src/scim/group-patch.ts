import type { MemberChange } from '../directory/members.ts';
import type { Condition } from '../model/filter.ts';
import { ScimError } from './error.ts';
import { idsIn } from './group-columns.ts';
import type { PatchOp } from './patch/operations.ts';
import { type PatchPath, parsePath } from './patch/path.ts';
import { isObject, type Leniency } from './schema/coerce.ts';
import { GROUP } from './schema/schemas.ts';

/** Splits a group's PATCH into what concerns members, which become set operations, and the rest. */
export function splitOperations(
  operations: PatchOp[],
  leniency: Leniency,
): { memberChanges: MemberChange[]; others: PatchOp[] } {
  const memberChanges: MemberChange[] = [];
  const others: PatchOp[] = [];
  for (const operation of operations) {
    if (operation.path !== null) {
      const path = parsePath(GROUP, operation.path);
      if (isMembers(path)) memberChanges.push(...atPath(operation, path, leniency));
      else others.push(operation);
      continue;
    }
    const { members, rest } = withoutMembers(operation.value);
    if (members !== undefined) memberChanges.push(...pathless(operation, members));
    if (rest) others.push({ ...operation, value: rest });
  }
  return { memberChanges: merge(memberChanges), others };
}

type MembersPath = Extract<PatchPath, { kind: 'attribute' }>;

function isMembers(path: PatchPath | null): path is MembersPath {
  return path?.kind === 'attribute' && path.attribute.name === 'members';
}

function atPath(operation: PatchOp, path: MembersPath, leniency: Leniency): MemberChange[] {
  if (path.sub)
    throw new ScimError(400, 'a member cannot be changed in place; remove it and add another', 'mutability');
  if (path.condition) {
    const memberIds = idsIn(idsOf(path.condition), 'skip');
    if (operation.op === 'remove') return [{ kind: 'remove', memberIds }];
    // Entra may add members by filter; strictly such a path must match somebody who is in already
    if (operation.op === 'add' && leniency.tolerant) return [{ kind: 'add', memberIds }];
    throw new ScimError(400, 'a member cannot be changed in place; remove it and add another', 'mutability');
  }
  if (operation.op === 'remove') {
    // without a value the whole attribute goes; Entra sends a value and means only those listed
    const named = operation.value !== undefined && operation.value !== null;
    return named ? [{ kind: 'remove', memberIds: idsIn(operation.value, 'skip') }] : [{ kind: 'keep', memberIds: [] }];
  }
  return pathless(operation, operation.value);
}

function pathless(operation: PatchOp, members: unknown): MemberChange[] {
  if (members !== null && !Array.isArray(members) && !isObject(members) && typeof members !== 'string') {
    throw new ScimError(400, 'members must be an array', 'invalidValue');
  }
  const memberIds = idsIn(members ?? [], 'refuse');
  const add: MemberChange = { kind: 'add', memberIds };
  return operation.op === 'replace' ? [add, { kind: 'keep', memberIds }] : [add];
}

/** The ids in `value eq "a"` and in `value eq "a" or value eq "b"`. */
function idsOf(condition: Condition): string[] {
  if (condition.op === 'or') return [...idsOf(condition.left), ...idsOf(condition.right)];
  if (condition.op === 'eq' && condition.attribute.names.at(-1) === 'value' && typeof condition.value === 'string') {
    return [condition.value];
  }
  throw new ScimError(400, 'members can be chosen by value eq "id" only', 'invalidFilter');
}

function withoutMembers(value: unknown): { members: unknown; rest: Record<string, unknown> | null } {
  if (!isObject(value)) throw new ScimError(400, 'without a path the value must be an object', 'invalidValue');
  const entries = Object.entries(value);
  const members = entries.find(([key]) => key.toLowerCase() === 'members')?.[1];
  const rest = entries.filter(([key]) => key.toLowerCase() !== 'members');
  return { members, rest: rest.length ? Object.fromEntries(rest) : null };
}

/** Entra sends hundreds of single additions in one request: neighbours of one kind become one statement. */
function merge(changes: MemberChange[]): MemberChange[] {
  const merged: MemberChange[] = [];
  for (const change of changes) {
    const last = merged.at(-1);
    if (last && last.kind === change.kind && change.kind !== 'keep') {
      merged[merged.length - 1] = { kind: change.kind, memberIds: [...last.memberIds, ...change.memberIds] };
    } else merged.push(change);
  }
  return merged;
}
