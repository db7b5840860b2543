import { Fault } from '../../errors.ts';
import { type Batch, createBatches } from '../batches.ts';
import type { Call } from '../connector.ts';
import { createGroups, type Groups, type RemoteGroup } from '../groups.ts';
import { type Client, pathOf, plain } from './client.ts';
import { membersOf } from './memberships.ts';
import { equals, GROUP, type Operation, patchOf, readList, readResource } from './messages.ts';
import type { createProvider } from './provider.ts';
import type { ScimSettings } from './settings.ts';
import { writable } from './user.ts';

export type MemberChange = { readonly kind: 'add' | 'remove'; readonly id: string };
/** Puts one account into a group or takes it out; false when the server knows no such group. */
export type Members = (groupId: string, change: MemberChange, signal: AbortSignal) => Promise<boolean>;

/** Finds groups by `displayName`, without reading their members. */
export function scimGroups(settings: ScimSettings, request: Client, now: () => number): Groups {
  const search = async (name: string, { signal }: Call): Promise<RemoteGroup[]> => {
    const query = { filter: equals('displayName', plain(name, 'the group')), excludedAttributes: 'members' };
    const { body } = await request({ asked: 'groupSearch', method: 'GET', path: '/Groups', query }, signal);
    return readList(body).resources.map(readGroup);
  };
  const create = async (name: string, { signal }: Call): Promise<RemoteGroup | null> => {
    const body = { schemas: [GROUP], displayName: name };
    const ask = { asked: 'groupCreate', method: 'POST', path: '/Groups', body, answers: ['conflict'] } as const;
    const reply = await request(ask, signal);
    return reply.outcome === 'conflict' ? null : readGroup(reply.body);
  };
  return createGroups(settings.base.host, { search, create: settings.createGroups ? create : undefined }, now);
}

function readGroup(body: unknown): RemoteGroup {
  const group = readResource(body);
  return { id: group.id, name: String(group['displayName'] ?? '') };
}

/**
 * Changes the members of groups. The changes of one group go one request after the other, as many in each as wait: a
 * thousand joiners of one group are ten requests, and no two of ours overwrite each other.
 */
export function createMembers(
  settings: ScimSettings,
  request: Client,
  provider: ReturnType<typeof createProvider>,
): Members {
  const batches = new Map<string, Batch<MemberChange>>();

  const patch = async (path: string, changes: readonly MemberChange[], signal: AbortSignal): Promise<string> => {
    const ask = { asked: askedFor(changes), method: 'PATCH', path, body: patchOf(operationsOf(changes)) } as const;
    // a member who is there already, or not there any more, is what we want; not every server is content with it
    const alone = changes.length === 1 ? [changes[0]?.kind === 'add' ? 'conflict' : 'noTarget'] : [];
    return (await request({ ...ask, answers: ['missing', ...alone] }, signal)).outcome;
  };

  const replace = async (path: string, changes: readonly MemberChange[], signal: AbortSignal): Promise<string> => {
    const asked = askedFor(changes);
    const read = await request({ asked, method: 'GET', path, answers: ['missing'] }, signal);
    if (read.outcome === 'missing') return 'missing';
    const group = readResource(read.body);
    const members = new Map(membersOf(group).map((member) => [String(member['value']), member]));
    for (const { kind, id } of changes) {
      if (kind === 'remove') members.delete(id);
      else if (!members.has(id)) members.set(id, { value: id });
    }
    const body = { ...writable(group), schemas: group['schemas'] ?? [GROUP], members: [...members.values()] };
    const version = (await provider.known(signal)).etag ? versionOf(group) : undefined;
    return (await request({ asked, method: 'PUT', path, body, version, answers: ['missing'] }, signal)).outcome;
  };

  const send = async (groupId: string, changes: readonly MemberChange[], signal: AbortSignal): Promise<void> => {
    const path = pathOf('/Groups', groupId);
    const change = (await provider.known(signal)).patch ? patch : replace;
    if ((await change(path, changes, signal)) !== 'missing') return;
    throw new Missing(groupId);
  };

  return async (groupId, change, signal) => {
    plain(change.id, 'the id');
    const batch =
      batches.get(groupId) ?? createBatches(settings.membersAtOnce, (changes, until) => send(groupId, changes, until));
    batches.set(groupId, batch);
    try {
      await batch(change, signal);
      return true;
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      batches.delete(groupId);
      if (change.kind === 'remove') return false;
      throw new Fault('target_refused', `there is no group ${groupId}`, { cause: error });
    }
  };
}

class Missing extends Error {
  override readonly name = 'Missing';
}

function operationsOf(changes: readonly MemberChange[]): Operation[] {
  // in the order they came: whoever is taken out and put in again at once is in at the end
  const operations: Operation[] = [];
  let adding: { value: string }[] = [];
  for (const { kind, id } of changes) {
    if (kind === 'remove') {
      operations.push({ op: 'remove', path: `members[${equals('value', id)}]` });
      adding = [];
      continue;
    }
    if (adding.length === 0) operations.push({ op: 'add', path: 'members', value: adding });
    adding.push({ value: id });
  }
  return operations;
}

function askedFor(changes: readonly MemberChange[]): string {
  return changes.some(({ kind }) => kind === 'add') ? 'grant' : 'revoke';
}

/** The version of a resource, for `If-Match`. */
export function versionOf({ meta }: Readonly<Record<string, unknown>>): string | undefined {
  const version = typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>)['version'] : undefined;
  return typeof version === 'string' ? version : undefined;
}
