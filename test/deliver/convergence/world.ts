import type { Knex } from 'knex';
import { inTransaction } from '../../../src/database/transaction.ts';
import { attachTarget, createConnection, setState } from '../../../src/directory/connections.ts';
import { createGroup, deleteGroup, findGroupLocked, replaceGroup } from '../../../src/directory/groups.ts';
import { changeMembers } from '../../../src/directory/members.ts';
import { createPerson, deletePerson, replacePerson } from '../../../src/directory/people.ts';
import { saveConnectionPolicy } from '../../../src/directory/policies.ts';
import type { PersonColumns, Scope } from '../../../src/directory/stored.ts';
import { createTarget } from '../../../src/directory/targets.ts';
import { createTenant } from '../../../src/directory/tenants.ts';
import type { Policy } from '../../../src/model/policy.ts';
import { groupOf } from '../../support/directory.ts';
import type { AttributeName, Step } from './history.ts';

/** What the source says of a person, as the test remembers it. */
export type Said = {
  id: string;
  status: 'active' | 'deactivated' | 'deleted';
  email: string;
  attributes: Record<AttributeName, string | null>;
};

/** The source, and what it has said: the oracle's own directory. */
export type World = {
  scope: Scope;
  targetId: string;
  policy: Policy;
  enabled: boolean;
  everEnabled: boolean;
  /** By slot: whom the source knows by that userName and externalId now, or knew last. */
  people: Map<number, Said>;
  /** Everybody there ever was, by id. */
  everybody: Map<string, Said>;
  groups: Map<number, { id: string; name: string; members: Set<string> }>;
  /** Makes one change; false when there is nothing that it could change. */
  change(step: Step): Promise<boolean>;
};

export const addressOf = (email: number) => `p${email}@example.com`;

/** A tenant of its own with one connection that feeds one target. */
export async function createWorld(db: Knex, policy: Policy): Promise<World> {
  const tenantId = await createTenant(db, 'tenant');
  const { id: targetId } = await createTarget(db, tenantId, {
    name: 'app',
    kind: 'memory',
    settings: {},
    secrets: null,
  });
  const connection = await createConnection(db, tenantId, { name: 'idp', profile: 'generic', policy });
  await attachTarget(db, connection, targetId);
  const scope = { tenantId, connectionId: connection.id };
  const world: World = {
    scope,
    targetId,
    policy,
    enabled: false,
    everEnabled: false,
    people: new Map(),
    everybody: new Map(),
    groups: new Map(),
    change: (step) => change(db, world, step),
  };
  return world;
}

async function change(db: Knex, world: World, step: Step): Promise<boolean> {
  switch (step.do) {
    case 'post':
      return post(db, world, step.who);
    case 'activate':
      return replace(db, world, step.who, { status: 'active' });
    case 'deactivate':
      return replace(db, world, step.who, { status: 'deactivated' });
    case 'write':
      return replace(db, world, step.who, { [step.name]: step.value });
    case 'move':
      return replace(db, world, step.who, { email: addressOf(step.email) });
    case 'delete':
      return bury(db, world, step.who);
    case 'found':
    case 'dissolve':
    case 'rename':
      return changeGroup(db, world, step.do, step.group);
    case 'join':
    case 'leave':
      return changeMember(db, world, step.do, step.who, step.group);
    case 'enable':
    case 'pause':
      world.enabled = step.do === 'enable';
      world.everEnabled ||= world.enabled;
      await inTransaction(db, (trx) =>
        setState(trx, world.scope.tenantId, world.scope.connectionId, world.enabled ? 'enabled' : 'paused'),
      );
      return true;
    case 'policy':
      world.policy = { ...world.policy, ...step.policy };
      await inTransaction(db, (trx) =>
        saveConnectionPolicy(trx, world.scope.tenantId, world.scope.connectionId, world.policy),
      );
      return true;
    default:
      return false;
  }
}

async function post(db: Knex, world: World, who: number): Promise<boolean> {
  const former = world.people.get(who);
  if (former?.status === 'active') return false;
  const fresh = {
    status: 'active' as const,
    email: addressOf(who),
    attributes: { displayName: `P${who}`, title: null },
  };
  const { id } = await createPerson(db, world.scope, columnsOf(who, fresh), { rehire: true });
  const said = { id, ...fresh };
  world.people.set(who, said);
  world.everybody.set(id, said);
  return true;
}

type Change = { status?: 'active' | 'deactivated'; email?: string } & Partial<Record<AttributeName, string | null>>;

async function replace(db: Knex, world: World, who: number, to: Change): Promise<boolean> {
  const before = world.people.get(who);
  if (!before || before.status === 'deleted') return false;
  const { status = before.status, email = before.email, ...attributes } = to;
  const said = { ...before, status, email, attributes: { ...before.attributes, ...attributes } };
  await replacePerson(db, world.scope, said.id, null, columnsOf(who, said), 'patch');
  Object.assign(before, said);
  return true;
}

async function bury(db: Knex, world: World, who: number): Promise<boolean> {
  const said = world.people.get(who);
  if (!said || said.status === 'deleted') return false;
  await deletePerson(db, world.scope, said.id, null);
  said.status = 'deleted';
  for (const { members } of world.groups.values()) members.delete(said.id);
  return true;
}

async function changeGroup(db: Knex, world: World, what: 'found' | 'dissolve' | 'rename', group: number) {
  const known = world.groups.get(group);
  if (what === 'found') {
    if (known) return false;
    const members = [...world.people.values()].filter(({ status }) => status !== 'deleted').slice(0, 1);
    const ids = members.map(({ id }) => id);
    const { id } = await createGroup(db, world.scope, groupOf(`group ${group}`), ids);
    world.groups.set(group, { id, name: `group ${group}`, members: new Set(ids) });
    return true;
  }
  if (!known) return false;
  if (what === 'dissolve') {
    await deleteGroup(db, world.scope, known.id, null);
    return world.groups.delete(group);
  }
  const name = known.name === `group ${group}` ? `renamed ${group}` : `group ${group}`;
  await inTransaction(db, async (trx) => {
    await findGroupLocked(trx, world.scope, known.id);
    await replaceGroup(trx, world.scope, known.id, null, groupOf(name));
  });
  known.name = name;
  return true;
}

async function changeMember(db: Knex, world: World, what: 'join' | 'leave', who: number, group: number) {
  if (what === 'join' && !world.groups.has(group)) await changeGroup(db, world, 'found', group);
  const known = world.groups.get(group);
  const said = world.people.get(who);
  if (!known || !said || said.status === 'deleted') return false;
  await changeMembers(db, world.scope, known.id, { kind: what === 'join' ? 'add' : 'remove', memberIds: [said.id] });
  if (what === 'join') known.members.add(said.id);
  else known.members.delete(said.id);
  return true;
}

function columnsOf(who: number, { status, email, attributes }: Omit<Said, 'id'>): PersonColumns {
  const [userName, externalId, active] = [`user ${who}`, `ext-${who}`, status === 'active'];
  const document = JSON.stringify({ userName, externalId, active, emails: [{ value: email }], ...attributes });
  return { userName, externalId, email, displayName: attributes.displayName, active, document, search: document };
}
