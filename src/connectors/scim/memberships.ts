import { Fault } from '../../errors.ts';
import { isRecord } from '../http/json.ts';
import { type Client, pathOf } from './client.ts';
import { equals, type Resource, readList, readResource, unreadable } from './messages.ts';
import type { ScimSettings } from './settings.ts';

/** The names of the groups that a User is a direct member of. */
export type MembershipReader = (user: Resource & { id: string }, signal: AbortSignal) => Promise<string[]>;

const PAGES_AT_MOST = 100;

/** Reads memberships where this server shows them. */
export function createMemberships({ memberships, pageSize }: ScimSettings, request: Client): MembershipReader {
  const nameOf = async (id: string, signal: AbortSignal): Promise<string> => {
    const query = { attributes: 'displayName' };
    const ask = { asked: 'a group', method: 'GET', path: pathOf('/Groups', id), query } as const;
    return displayName(readResource((await request(ask, signal)).body));
  };

  const ofUser: MembershipReader = async ({ groups }, signal) => {
    if (groups === undefined || groups === null) return [];
    if (!Array.isArray(groups)) throw unreadable('groups is not a list');
    // who is in a group only through another group is not a member of it yet
    const direct = groups.filter((group) => isRecord(group) && group['type'] !== 'indirect');
    return Promise.all(
      direct.map(async ({ display, value }) =>
        typeof display === 'string' && display !== '' ? display : nameOf(String(value), signal),
      ),
    );
  };

  const listed = async (query: Record<string, string>, signal: AbortSignal): Promise<Resource[]> => {
    const found: Resource[] = [];
    for (let pages = 0; pages < PAGES_AT_MOST; pages += 1) {
      const start = { startIndex: String(found.length + 1), count: String(pageSize) };
      const ask = { asked: 'the list of groups', method: 'GET', path: '/Groups' } as const;
      const { resources, total } = readList((await request({ ...ask, query: { ...query, ...start } }, signal)).body);
      found.push(...resources);
      if (resources.length === 0 || found.length >= total) return found;
    }
    throw new Fault('target_refused', `the list of groups has more than ${PAGES_AT_MOST} pages`);
  };

  if (memberships === 'user') return ofUser;
  if (memberships === 'scan') {
    return async ({ id }, signal) =>
      (await listed({}, signal)).filter((group) => hasMember(group, id)).map(displayName);
  }
  return async ({ id }, signal) => {
    const query = { filter: equals(memberships, id), attributes: 'displayName' };
    return (await listed(query, signal)).map(displayName);
  };
}

/** The list of members of a Group; absent when there is none. */
export function membersOf({ members }: Resource): Resource[] {
  if (members === undefined || members === null) return [];
  if (!Array.isArray(members) || !members.every(isRecord)) throw unreadable('members is not a list of objects');
  return members;
}

function hasMember(group: Resource, id: string): boolean {
  return membersOf(group).some(({ value }) => String(value) === id);
}

function displayName({ displayName: name }: Resource): string {
  if (typeof name !== 'string' || name === '') throw unreadable('a group has no displayName');
  return name;
}
