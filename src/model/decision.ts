import type { DesiredAccount } from './account.ts';
import type { Choice } from './invite.ts';

/** Sets aside what follows from the source, until the source says something else of the person. */
export type Restore =
  /** The account that the person had before. */
  | { readonly to: 'account'; readonly account: DesiredAccount }
  /** As if the person were active; `groups` are those the account had, where the source names none any more. */
  | { readonly to: 'active'; readonly groups?: readonly string[] }
  /** As if the person had left. */
  | { readonly to: 'nobody' };

/** What a human decided for one person at one target; all but the restored lapses once it has been carried out. */
export type Decisions = {
  /** Invite though the policy waits for a human or for the first day. */
  readonly invite: boolean;
  /** The account to adopt though the policy asks, or though there are several. */
  readonly adopt: string | null;
  readonly restore: Restore | null;
  /** What was chosen for the account that is to be invited. */
  readonly choice?: Choice;
};

export const UNDECIDED: Decisions = { invite: false, adopt: null, restore: null };
