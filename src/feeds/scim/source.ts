import { Readable } from 'node:stream';
import { isRecord } from '../../connectors/http/json.ts';
import { type Client, createClient, pathOf } from '../../connectors/scim/client.ts';
import { readResource } from '../../connectors/scim/messages.ts';
import { createProvider } from '../../connectors/scim/provider.ts';
import { isFault } from '../../errors.ts';
import { feedFailed } from '../failed.ts';
import type { FeedSettings, Source } from '../feed.ts';
import { createListed, type Listed } from '../listed.ts';
import { LISTED_PROFILE } from '../listed-profile.ts';
import { ask } from '../request.ts';
import { everyPage, type Identified } from './pages.ts';
import { rowOf } from './row.ts';
import { readScimFeed, type ScimFeedSettings } from './settings.ts';

/** The people and groups of another SCIM server, each of them a row. */
export function scimSource(feed: FeedSettings): Source {
  const settings = readScimFeed(feed);
  const { base, token, timeoutSeconds } = settings;
  const request = createClient({ base, token, timeoutSeconds, concurrency: 1, perSecond: undefined }, ask);
  return {
    open: async ({ signal }) => {
      const byCursor = await hasCursors(request, settings, signal);
      const groups = settings.groups
        ? await groupsOf(request, settings, byCursor, signal)
        : new Map<string, string[]>();
      const listed = await peopleOf(request, settings, byCursor, groups, signal);
      return {
        ...{ kind: 'roster', fileName: null, modifiedAt: null, seen: null },
        body: Readable.from(listed.asJson(), { objectMode: false }),
        notes: [
          `${base.host} lists ${listed.count} people, read by ${byCursor ? 'cursor' : 'index'}`,
          settings.groups ? `${groups.size} of them are in groups` : 'its groups are not read',
        ],
      };
    },
    profile: LISTED_PROFILE,
    timeoutMinutes: settings.timeoutMinutes,
    secrets: [token],
    places: [base.origin],
  };
}

async function hasCursors(request: Client, { paging }: ScimFeedSettings, signal: AbortSignal): Promise<boolean> {
  if (paging !== 'auto') return paging === 'cursor';
  try {
    return (await createProvider(request).known(signal)).cursor;
  } catch (error) {
    if (isFault(error, 'target_refused')) return false; // it does not say; every server counts
    throw error;
  }
}

async function groupsOf(
  request: Client,
  settings: ScimFeedSettings,
  byCursor: boolean,
  signal: AbortSignal,
): Promise<Map<string, string[]>> {
  const groups = new Map<string, string[]>();
  for await (const page of everyPage(request, '/Groups', settings, byCursor, signal)) {
    for (const group of page) {
      const { displayName } = group;
      for (const id of typeof displayName === 'string' ? await membersOf(request, group, signal) : []) {
        groups.set(id, [...(groups.get(id) ?? []), String(displayName)]);
      }
    }
  }
  return groups;
}

/** Servers may leave members out of lists: a group that shows none is asked for by itself before it counts as empty. */
async function membersOf(request: Client, group: Identified, signal: AbortSignal): Promise<string[]> {
  let { members } = group;
  if (members === undefined) {
    const ask = { asked: 'a group', method: 'GET', path: pathOf('/Groups', group.id) } as const;
    ({ members } = readResource((await request(ask, signal)).body, group.id));
  }
  if (members === undefined || members === null) return [];
  if (!Array.isArray(members)) throw feedFailed('/Groups: members is not a list');
  return members.filter(isRecord).map((member) => String(member['value'] ?? ''));
}

async function peopleOf(
  request: Client,
  settings: ScimFeedSettings,
  byCursor: boolean,
  groups: ReadonlyMap<string, string[]>,
  signal: AbortSignal,
): Promise<Listed> {
  const listed = createListed();
  for await (const page of everyPage(request, '/Users', settings, byCursor, signal)) {
    listed.add(page.map((user) => ({ id: user.id, names: [user.id], row: rowOf(user, groups.get(user.id) ?? []) })));
  }
  return listed;
}
