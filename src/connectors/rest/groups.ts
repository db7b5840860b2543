import { Fault } from '../../errors.ts';
import type { Call } from '../connector.ts';
import { read, readId, readText, unreadable } from './account.ts';
import type { Caller } from './caller.ts';
import type { RestDescription } from './description.ts';
import type { Answer } from './http.ts';
import { answerContext } from './outcome.ts';

/** A group as the target knows it. Where the target has no ids for groups, the name is the id. */
export type RemoteGroup = { readonly id: string; readonly name: string };

/** Finds the target's group for a name. `forget` drops what was remembered, after the target denied that id. */
export type Groups = {
  resolve(name: string, call: Call, options: { create: boolean }): Promise<RemoteGroup | null>;
  forget(name: string): void;
};

const REMEMBERED_MS = 60_000;

/** Resolves group names by `groupSearch`, makes missing groups by `groupCreate`, and remembers ids for a minute. */
export function createGroups(description: RestDescription, request: Caller, now: () => number): Groups {
  const { groupSearch, groupCreate } = description.operations;
  const remembered = new Map<string, { group: RemoteGroup; until: number }>();

  const search = async (name: string, call: Call): Promise<RemoteGroup | null> => {
    if (!groupSearch) return { id: name, name };
    const { outcome, answer } = await request('groupSearch', groupSearch, { group: { name } }, call.signal);
    if (outcome === 'gone') return null;
    const items = read('groupSearch.items', groupSearch.items, answerContext(answer));
    if (!Array.isArray(items)) throw unreadable('groupSearch.items', 'is not a list');
    return the(name, items.map(readGroup));
  };

  const create = async (name: string, call: Call): Promise<RemoteGroup> => {
    if (!groupCreate) throw new Fault('target_refused', `${description.name}: there is no group "${name}"`);
    const context = { group: { name }, idempotencyKey: `${call.idempotencyKey}-group` };
    const { outcome, answer } = await request('groupCreate', groupCreate, context, call.signal);
    if (outcome === 'ok') return readGroup(created(answer));
    // somebody else has just made it
    const found = await search(name, call);
    if (!found) throw new Fault('target_busy', `${description.name}: the group "${name}" exists but is not found`);
    return found;
  };

  const created = (answer: Answer): unknown =>
    groupCreate && read('groupCreate.item', groupCreate.item, answerContext(answer));

  const readGroup = (item: unknown): RemoteGroup => {
    if (!description.group) throw unreadable('group', 'is not described');
    const name = readText('group.name', read('group.name', description.group.name, { item }));
    return { id: readId(description.group.id, item), name: name ?? '' };
  };

  return {
    forget: (name) => void remembered.delete(name),
    resolve: async (name, call, options) => {
      const known = remembered.get(name);
      if (known && known.until > now()) return known.group;
      const group = (await search(name, call)) ?? (options.create ? await create(name, call) : null);
      if (group) remembered.set(name, { group, until: now() + REMEMBERED_MS });
      return group;
    },
  };
}

// two groups of one name: granting either could open the wrong door
function the(name: string, groups: RemoteGroup[]): RemoteGroup | null {
  const same = groups.filter((group) => group.name === name);
  if (same.length > 1) throw new Fault('target_refused', `the target has ${same.length} groups named "${name}"`);
  return same[0] ?? null;
}
