import type { MemberChange } from '../directory/members.ts';
import type { Condition } from '../model/filter.ts';
import { createBreather } from './breathe.ts';
import { ScimError } from './error.ts';
import { idsIn } from './group-columns.ts';
import type { PatchOp } from './patch/operations.ts';
import { type PatchPath, parsePath } from './patch/path.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import { isObject, type Leniency } from './schema/coerce.ts';
import { lookup } from './schema/lookup.ts';

/** Splits a group's PATCH into what concerns members, which become set operations, and the rest. */
export async function splitOperations(
  schema: ResourceSchema,
  operations: PatchOp[],
  leniency: Leniency,
): Promise<{ memberChanges: MemberChange[]; others: PatchOp[] }> {
  const breathe = createBreather();
  const memberChanges: MemberChange[] = [];
  const others: PatchOp[] = [];
  for (const operation of operations) {
    await breathe();
    if (operation.path !== null) {
      const path = parsePath(schema, operation.path, leniency);
      if (isMembers(path)) memberChanges.push(...(await atPath(operation, path, leniency)));
      else others.push(operation);
      continue;
    }
    const { members, rest } = withoutMembers(schema, operation.value, leniency);
    if (members !== undefined) memberChanges.push(...(await whole(operation, members, leniency)));
    if (rest) others.push({ ...operation, value: rest });
  }
  return { memberChanges: merge(memberChanges).flatMap(inSlices), others };
}

type MembersPath = Extract<PatchPath, { kind: 'attribute' }>;

function isMembers(path: PatchPath | null): path is MembersPath {
  return path?.kind === 'attribute' && path.owner === null && path.attribute.name === 'members';
}

async function atPath(operation: PatchOp, path: MembersPath, leniency: Leniency): Promise<MemberChange[]> {
  if (path.sub)
    throw new ScimError(400, 'a member cannot be changed in place; remove it and add another', 'mutability');
  if (path.brackets) {
    const memberIds = await idsIn(idsOf(path.brackets.condition), 'skip', { tolerant: true });
    if (operation.op === 'remove') return [{ kind: 'remove', memberIds }];
    // Entra may add members by filter; strictly such a path must match somebody who is in already
    if (operation.op === 'add' && leniency.tolerant) {
      leniency.note?.('add_by_filter');
      return [{ kind: 'add', memberIds }];
    }
    throw new ScimError(400, 'a member cannot be changed in place; remove it and add another', 'mutability');
  }
  if (operation.op === 'remove') {
    // without a value the whole attribute goes; Entra sends a value and means only those listed
    const named = operation.value !== undefined && operation.value !== null;
    return named
      ? [{ kind: 'remove', memberIds: await idsIn(operation.value, 'skip', leniency) }]
      : [{ kind: 'keep', memberIds: [] }];
  }
  return whole(operation, operation.value, leniency);
}

async function whole(operation: PatchOp, members: unknown, leniency: Leniency): Promise<MemberChange[]> {
  // "a new value is added" (RFC 7644 §3.5.2.1): one alone may be given
  const list = operation.op === 'add' && isObject(members) ? [members] : members;
  const memberIds = await idsIn(list ?? [], 'refuse', leniency);
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
  schema: ResourceSchema,
  value: unknown,
  leniency: Leniency,
): { members: unknown; rest: Record<string, unknown> | null } {
  if (!isObject(value)) throw new ScimError(400, 'without a path the value must be an object', 'invalidValue');
  const keys = Object.keys(value);
  const [key] = keys.filter((name) => isMembersKey(schema, name, leniency));
  const rest = keys.filter((other) => other !== key);
  return {
    members: key === undefined ? undefined : value[key],
    rest: rest.length ? Object.fromEntries(rest.map((name) => [name, value[name]])) : null,
  };
}

/** Tolerant, the schema's URN may stand before it, as in all keys (Entra). */
function isMembersKey(schema: ResourceSchema, key: string, leniency: Leniency): boolean {
  if (key.toLowerCase() === 'members') return true;
  const place = leniency.tolerant ? lookup(schema, key, leniency) : null;
  if (place?.owner !== null || place.attribute.name !== 'members') return false;
  leniency.note?.(place.sub ? 'dotted_key' : 'urn_key');
  return true;
}

/** So many ids go into one statement, except where it must know them all. */
const SLICE = 20_000;

/** A change of very many members as several, so that others get a turn in between. */
export function inSlices(change: MemberChange): MemberChange[] {
  const { kind, memberIds } = change;
  if (kind === 'keep' || memberIds.length <= SLICE) return [change];
  const count = Math.ceil(memberIds.length / SLICE);
  return Array.from({ length: count }, (_, index) => ({
    kind,
    memberIds: memberIds.slice(index * SLICE, (index + 1) * SLICE),
  }));
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
