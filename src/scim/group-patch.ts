import type { MemberChange } from '../directory/members.ts';
import type { Condition } from '../model/filter.ts';
import { ScimError } from './error.ts';
import { idsIn } from './group-columns.ts';
import type { PatchOp } from './patch/operations.ts';
import { type PatchPath, parsePath } from './patch/path.ts';
import { isObject, type Leniency } from './schema/coerce.ts';
import { lookup } from './schema/lookup.ts';
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
      const path = parsePath(GROUP, operation.path, leniency);
      if (isMembers(path)) memberChanges.push(...atPath(operation, path, leniency));
      else others.push(operation);
      continue;
    }
    const { members, rest } = withoutMembers(operation.value, leniency);
    if (members !== undefined) memberChanges.push(...whole(operation, members, leniency));
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
  if (path.brackets) {
    const memberIds = idsIn(idsOf(path.brackets.condition), 'skip', { tolerant: true });
    if (operation.op === 'remove') return [{ kind: 'remove', memberIds }];
    // Entra may add members by filter; strictly such a path must match somebody who is in already
    if (operation.op === 'add' && leniency.tolerant) return [{ kind: 'add', memberIds }];
    throw new ScimError(400, 'a member cannot be changed in place; remove it and add another', 'mutability');
  }
  if (operation.op === 'remove') {
    // without a value the whole attribute goes; Entra sends a value and means only those listed
    const named = operation.value !== undefined && operation.value !== null;
    return named
      ? [{ kind: 'remove', memberIds: idsIn(operation.value, 'skip', leniency) }]
      : [{ kind: 'keep', memberIds: [] }];
  }
  return whole(operation, operation.value, leniency);
}

function whole(operation: PatchOp, members: unknown, leniency: Leniency): MemberChange[] {
  // "a new value is added" (RFC 7644 §3.5.2.1): one alone may be given
  const list = operation.op === 'add' && isObject(members) ? [members] : members;
  const memberIds = idsIn(list ?? [], 'refuse', leniency);
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

function withoutMembers(
  value: unknown,
  leniency: Leniency,
): { members: unknown; rest: Record<string, unknown> | null } {
  if (!isObject(value)) throw new ScimError(400, 'without a path the value must be an object', 'invalidValue');
  const isMembersKey = (key: string) =>
    leniency.tolerant ? lookup(GROUP, key, leniency)?.attribute.name === 'members' : key.toLowerCase() === 'members';
  const keys = Object.keys(value);
  const [key] = keys.filter(isMembersKey);
  const rest = keys.filter((other) => other !== key);
  return {
    members: key === undefined ? undefined : value[key],
    rest: rest.length ? Object.fromEntries(rest.map((name) => [name, value[name]])) : null,
  };
}

/** Entra sends hundreds of single additions in one request: neighbours of one kind become one statement. */
function merge(changes: MemberChange[]): MemberChange[] {
  const merged: { kind: MemberChange['kind']; memberIds: string[] }[] = [];
  for (const { kind, memberIds } of changes) {
    const last = merged.at(-1);
    if (last && last.kind === kind && kind !== 'keep') for (const id of memberIds) last.memberIds.push(id);
    else merged.push({ kind, memberIds: [...memberIds] });
  }
  return merged;
}
