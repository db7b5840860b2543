/** What becomes of an account whose person left: `ignore` leaves it as it is. */
export type OnLeave = 'suspend' | 'erase' | 'ignore';

/** What a connection's admin has decided. */
export type Policy = {
  /** `manual` keeps joiners staged until somebody invites them. */
  readonly invite: 'automatic' | 'manual';
  /** What to do with an account of the same e-mail that we did not make. `ask` leaves it alone until a human says. */
  readonly adoptExisting: 'all' | 'ask';
  readonly onDeactivate: OnLeave;
  readonly onDelete: OnLeave;
};

/** The `recommended` preset: nobody is invited, adopted or erased without being asked for. */
export const RECOMMENDED_POLICY: Policy = {
  invite: 'manual',
  adoptExisting: 'ask',
  onDeactivate: 'suspend',
  onDelete: 'suspend',
};
