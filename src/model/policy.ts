/** What becomes of an account whose person left: `ignore` leaves it as it is. */
export type OnLeave = 'suspend' | 'erase' | 'ignore';

/** What becomes of accounts and people when their connection is disconnected. */
export type OnDisconnect = {
  /** Accounts whose people have accepted. */
  readonly accepted: 'keep' | 'suspend';
  /** Invitations that nobody has accepted yet. */
  readonly pending: 'keep' | 'revoke';
  /** People who have no account anywhere: `erase` takes them out of the directory. */
  readonly neverInvited: 'erase' | 'keep';
};

/** What a connection's admin has decided. */
export type Policy = {
  /** `manual` keeps joiners staged until somebody invites them. */
  readonly invite: 'automatic' | 'manual';
  /** What to do with an account of the same e-mail that we did not make. `ask` leaves it alone until a human says. */
  readonly adoptExisting: 'all' | 'ask';
  readonly onDeactivate: OnLeave;
  readonly onDelete: OnLeave;
  /** How much access may be lost without a human; DEFAULT_GUARD where nothing is said. */
  readonly guard?: Guard | 'off';
  readonly onDisconnect: OnDisconnect;
};

/** The guard's limits, for each connection at each of its targets. See plan/guard.ts. */
export type Guard = {
  /** So many people in each window always pass, however small the company. */
  readonly floor: number;
  readonly perHourPercent: number;
  readonly perDayPercent: number;
  /** From this share of the accounts on, two people must release a hold. */
  readonly twoPeoplePercent: number;
};

export const DEFAULT_GUARD: Guard = { floor: 5, perHourPercent: 10, perDayPercent: 20, twoPeoplePercent: 50 };

/** The `recommended` preset: nobody is invited, adopted or erased without being asked for. */
export const RECOMMENDED_POLICY: Policy = {
  invite: 'manual',
  adoptExisting: 'ask',
  onDeactivate: 'suspend',
  onDelete: 'suspend',
  onDisconnect: { accepted: 'keep', pending: 'revoke', neverInvited: 'erase' },
};
