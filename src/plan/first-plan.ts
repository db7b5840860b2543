import type { ActualAccount } from '../model/account.ts';
import type { Observed, Plan, Waiting } from './plan.ts';

/** What becomes of one person once the connection is enabled. */
export type Fate = 'linked' | 'adopt' | 'invite' | Waiting;

/** Where a person is known: to the app as well, or to the source alone. Nothing is said of who has no account to come. */
export type Place = { readonly column: 'both' | 'sourceOnly'; readonly fate: Fate; readonly accounts: ActualAccount[] };

/**
 * The column that a person belongs to, by the plan that would be carried out.
 *
 *   observed             plan                         column
 *   the link's account   any                          both: linked
 *   -                    adopt                        both: adopt
 *   accounts found       waits (ask, ambiguous)       both
 *   -                    invite                       source only: invite
 *   -                    waits (staged and others)    source only
 *   -                    nothing                      none: left already, and nothing is there that is ours
 */
export function placeOf({ actual, found }: Observed, { actions, waiting }: Plan): Place | null {
  if (actual) return { column: 'both', fate: 'linked', accounts: [actual] };
  const [first] = actions;
  if (first?.kind === 'adopt') return { column: 'both', fate: 'adopt', accounts: [...found] };
  if (first?.kind === 'invite') return { column: 'sourceOnly', fate: 'invite', accounts: [] };
  if (waiting && found.length) return { column: 'both', fate: waiting, accounts: [...found] };
  return waiting ? { column: 'sourceOnly', fate: waiting, accounts: [] } : null;
}
