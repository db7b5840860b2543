import type { Summary } from './summary.ts';

/** How one person stands at one target (S11). */
export type SyncState = 'synced' | 'pending' | 'held' | 'error' | 'staged' | 'manual';

/**
 * How a person stands at a target, as their profile page there would show it.
 *
 *   work                    link        held    state
 *   waits for a human       any         any     error: tries are used up, or the target refused
 *   otherwise               any         yes     held
 *   due, or tried again     any         no      pending
 *   otherwise               released    no      manual: the connection has let the account go
 *   otherwise               yes         no      synced
 *   otherwise               -           no      staged: known, no account
 */
export function syncStateOf(
  summary: Pick<Summary, 'links' | 'work' | 'held' | 'released'>,
  targetId: string,
  now: Date,
): SyncState {
  const at = <Row extends { targetId: string }>(rows: readonly Row[]) => rows.find((row) => row.targetId === targetId);
  const work = at(summary.work);
  if (work?.state === 'dead') return 'error';
  if (summary.held.includes(targetId)) return 'held';
  if (work?.state === 'ready' && (work.lastError !== null || new Date(work.nextAt) <= now)) return 'pending';
  if (summary.released.includes(targetId)) return 'manual';
  const link = at(summary.links);
  return link && link.state !== 'erased' ? 'synced' : 'staged';
}
