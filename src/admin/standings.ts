import type { Summary } from '../report/summary.ts';
import { syncStateOf } from '../report/sync-state.ts';

type Facts = Pick<Summary, 'links' | 'work' | 'held' | 'released'> & { connection: { name: string } };

/** How the person stands at each target, and where the account there came from (S11, S55). */
export function standings(facts: Facts) {
  const { links, work, released, connection } = facts;
  const ids = new Set([...links, ...work].map(({ targetId }) => targetId).concat(released));
  return [...ids].map((targetId) => {
    const link = links.find((one) => one.targetId === targetId && one.state !== 'erased');
    const state = syncStateOf(facts, targetId, new Date());
    return { targetId, syncState: state, label: link ? `added via ${connection.name}` : null };
  });
}
