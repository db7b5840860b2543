import type { ActualAccount } from '../model/account.ts';
import type { Action } from '../model/action.ts';
import type { Link } from '../model/link.ts';
import type { SideEffects } from '../model/side-effect.ts';

type Cause = keyof SideEffects;
type Able = { readonly effects: SideEffects };

/** All side effects that a target declares for a suspension or a resumption, in its order (S9). */
export function effectActions(after: Cause, remoteId: string, { effects }: Able): Action[] {
  return effects[after].map(({ name }) => ({ kind: 'effect', remoteId, after, name }));
}

/** Those that the last one still owes. What the target does not declare any more is owed no more. */
export function pendingEffects(after: Cause, link: Link, { remoteId }: ActualAccount, able: Able): Action[] {
  return effectActions(after, remoteId, able).filter(
    (action) => action.kind === 'effect' && link.pendingEffects.includes(action.name),
  );
}
