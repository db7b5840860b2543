import { Fault, isFault } from '../errors.ts';
import type { Call } from './connector.ts';

/** A group as the target knows it. Where the target has no ids for groups, the name is the id. */
export type RemoteGroup = { readonly id: string; readonly name: string };

/** The requests that a target offers for groups. */
export type GroupRequests = {
  /** Groups that may have this name; others among them do no harm. */
  search(name: string, call: Call): Promise<readonly RemoteGroup[]>;
  /** The new group, or null when somebody else has just made it. Absent where the target makes no groups. */
  create?: ((name: string, call: Call) => Promise<RemoteGroup | null>) | undefined;
};

export type Groups = {
  /** Finds the group, makes it where it is missing, and puts somebody in. */
  grant(name: string, call: Call, add: (group: RemoteGroup) => Promise<unknown>): Promise<void>;
  /** Finds the group and takes somebody out; `remove` says false when the target knows no such group. */
  revoke(name: string, call: Call, remove: (group: RemoteGroup) => Promise<boolean>): Promise<void>;
};

const REMEMBERED_MS = 60_000;

/** Finds the target's groups by their names and remembers their ids for a minute. */
export function createGroups(targetName: string, requests: GroupRequests, now: () => number): Groups {
  const remembered = new Map<string, { group: RemoteGroup; until: number }>();

  const search = async (name: string, call: Call) => the(targetName, name, await requests.search(name, call));

  const create = async (name: string, call: Call): Promise<RemoteGroup> => {
    if (!requests.create) throw new Fault('target_refused', `${targetName}: there is no group "${name}"`);
    const made = (await requests.create(name, call)) ?? (await search(name, call));
    if (made) return made;
    throw new Fault('target_busy', `${targetName}: the group "${name}" exists but is not found`);
  };

  const look = async (name: string, call: Call, orCreate: boolean): Promise<RemoteGroup | null> => {
    const group = (await search(name, call)) ?? (orCreate ? await create(name, call) : null);
    if (group) remembered.set(name, { group, until: now() + REMEMBERED_MS });
    return group;
  };

  const recall = (name: string): RemoteGroup | null => {
    const known = remembered.get(name);
    return known && known.until > now() ? known.group : null;
  };

  // one at a time for each name: the first joiners of a group would each find none and make one
  const turns = new Map<string, Promise<unknown>>();
  const resolve = async (name: string, call: Call, orCreate: boolean): Promise<RemoteGroup | null> => {
    const known = recall(name);
    if (known) return known;
    const before = turns.get(name) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => recall(name) ?? look(name, call, orCreate));
    turns.set(name, turn);
    return turn.finally(() => {
      if (turns.get(name) === turn) turns.delete(name);
    });
  };

  // a remembered group may have been deleted and made anew since: ask once more before believing a refusal
  const afresh = async (group: RemoteGroup, call: Call, orCreate: boolean): Promise<RemoteGroup | null> => {
    remembered.delete(group.name);
    const fresh = await look(group.name, call, orCreate);
    return fresh && fresh.id !== group.id ? fresh : null;
  };

  return {
    grant: async (name, call, add) => {
      const group = await resolve(name, call, true);
      if (!group) return;
      try {
        await add(group);
      } catch (error) {
        if (!isFault(error, 'target_refused')) throw error;
        const fresh = await afresh(group, call, true);
        if (!fresh) throw error;
        await add(fresh);
      }
    },
    revoke: async (name, call, remove) => {
      const group = await resolve(name, call, false);
      if (!group || (await remove(group))) return; // nobody is in a group that is not there
      const fresh = await afresh(group, call, false);
      if (fresh) await remove(fresh);
    },
  };
}

// two groups of one name: granting either could open the wrong door
function the(targetName: string, name: string, groups: readonly RemoteGroup[]): RemoteGroup | null {
  const same = groups.filter((group) => group.name === name);
  if (same.length > 1)
    throw new Fault('target_refused', `${targetName}: there are ${same.length} groups named "${name}"`);
  return same[0] ?? null;
}
