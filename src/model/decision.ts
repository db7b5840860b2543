/** What a human decided for one person at one target; it lapses once it has been carried out. */
export type Decisions = {
  /** Invite though the policy waits for a human or for the first day. */
  readonly invite: boolean;
  /** The account to adopt though the policy asks, or though there are several. */
  readonly adopt: string | null;
};

export const UNDECIDED: Decisions = { invite: false, adopt: null };
