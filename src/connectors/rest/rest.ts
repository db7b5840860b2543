import { Fault } from '../../errors.ts';
import type { SideEffect } from '../../model/side-effect.ts';
import type { Capabilities, Connector, TargetSettings } from '../connector.ts';
import { createGroups } from '../groups.ts';
import { createCaller } from './caller.ts';
import { createChanges } from './changes.ts';
import type { RestDescription } from './description.ts';
import { groupRequests } from './groups.ts';
import { createInvite } from './invite.ts';
import { createReader } from './reader.ts';
import { attributesRead } from './scopes.ts';

/** The connector for any HTTP API that a description file describes. */
export function restConnector(
  description: RestDescription,
  target: TargetSettings,
  options: { now?: () => number } = {},
): Connector {
  const { name, operations } = description;
  const request = createCaller(description, target);
  const reader = createReader(description, request);
  const groups = createGroups(name, groupRequests(description, request), options.now ?? Date.now);
  const changes = createChanges(description, target, request, reader, groups);
  const invite = createInvite(description, request, reader, changes);

  return {
    capabilities: capabilitiesOf(description),
    check: async (signal) => void (await request('check', operations.check, {}, signal)),
    find: async (remoteId, signal) => (await reader.find(remoteId, signal))?.account ?? null,
    search: (email, signal) => reader.search(email, signal),
    list: (cursor, signal) => reader.list(cursor, signal),
    invite,
    update: async (id, { email, attributes }, call) => {
      await changes.run('update', supported(name, 'update', operations.update), { id, email, attributes }, call);
    },
    suspend: async (id, call) => {
      await changes.run('suspend', supported(name, 'suspend', operations.suspend), { id }, call);
    },
    resume: async (id, call) => {
      await changes.run('resume', supported(name, 'resume', operations.resume), { id }, call);
    },
    effect: async (id, { after, name: effectName }, call) => {
      const list = after === 'suspend' ? description.onSuspend : description.onResume;
      const one = list.find((candidate) => candidate.name === effectName);
      const operation = after === 'suspend' ? 'onSuspend' : 'onResume';
      await changes.run(operation, supported(name, effectName, one), { id }, call);
    },
    erase: async (id, call) => {
      await changes.run('erase', supported(name, 'erase', operations.erase), { id }, call);
    },
    anonymise: async (id, call) => {
      await changes.run('anonymise', supported(name, 'anonymise', operations.anonymise), { id }, call);
    },
    grant: async (id, group, call) => changes.grant(id, group, supported(name, 'grant', operations.grant), call),
    revoke: async (id, group, call) => changes.revoke(id, group, supported(name, 'revoke', operations.revoke), call),
  };
}

function capabilitiesOf({ operations, onSuspend, onResume }: RestDescription): Capabilities {
  return {
    effects: { suspend: onSuspend.map(toSideEffect), resume: onResume.map(toSideEffect) },
    attributes: attributesRead(operations.update),
    groups: operations.grant !== undefined,
    suspend: operations.suspend !== undefined,
    erase: operations.erase !== undefined,
    list: operations.list !== undefined,
    anonymise: operations.anonymise !== undefined,
    read: true,
  };
}

function toSideEffect({ name, whileHeld }: RestDescription['onSuspend'][number]): SideEffect {
  return { name, whileHeld };
}

function supported<T>(name: string, ability: string, operation: T | undefined): T {
  if (operation) return operation;
  throw new Fault('target_refused', `${name}: this target cannot ${ability}`);
}
