import type { Call } from '../connector.ts';
import type { GroupRequests, RemoteGroup } from '../groups.ts';
import { read, readId, readText, unreadable } from './account.ts';
import type { Caller } from './caller.ts';
import type { RestDescription } from './description.ts';
import { answerContext } from './outcome.ts';

/** Looks group names up by `groupSearch` and makes missing groups by `groupCreate`. */
export function groupRequests(description: RestDescription, request: Caller): GroupRequests {
  const { groupSearch, groupCreate } = description.operations;

  const search = async (name: string, call: Call): Promise<RemoteGroup[]> => {
    if (!groupSearch) return [{ id: name, name }];
    const { outcome, answer } = await request('groupSearch', groupSearch, { group: { name } }, call.signal);
    if (outcome === 'gone') return [];
    const items = read('groupSearch.items', groupSearch.items, answerContext(answer));
    if (!Array.isArray(items)) throw unreadable('groupSearch.items', 'is not a list');
    return items.map(readGroup);
  };

  const create = async (operation: NonNullable<typeof groupCreate>, name: string, call: Call) => {
    const context = { group: { name }, idempotencyKey: `${call.idempotencyKey}-group` };
    const { outcome, answer } = await request('groupCreate', operation, context, call.signal);
    if (outcome !== 'ok') return null;
    return readGroup(read('groupCreate.item', operation.item, answerContext(answer)));
  };

  const readGroup = (item: unknown): RemoteGroup => {
    if (!description.group) throw unreadable('group', 'is not described');
    const name = readText('group.name', read('group.name', description.group.name, { item }));
    return { id: readId(description.group.id, item), name: name ?? '' };
  };

  return { search, create: groupCreate && ((name, call) => create(groupCreate, name, call)) };
}
