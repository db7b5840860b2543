import type { Match } from './email.ts';
import type { InviteChannel, InviteReminders } from './invite.ts';

/**
 * What becomes of an account whose person left. `ignore` leaves it as it is; `suspend-then-erase` ends as `erasureMode`
 * says, `graceDays` after the suspension.
 */
export type OnLeave = 'suspend' | 'suspend-then-erase' | 'erase' | 'ignore';

/** What becomes of accounts and people when their connection is disconnected. */
export type OnDisconnect = {
  /** Accounts whose people have accepted. */
  readonly accepted: 'keep' | 'suspend';
  /** Invitations that nobody has accepted yet. */
  readonly pending: 'keep' | 'revoke';
  /** People who have no account anywhere: `erase` takes them out of the directory. */
  readonly neverInvited: 'erase' | 'keep';
};

/** A moment in somebody's life: at `localTime` in `timeZone`, `offsetDays` after the date in the attribute `onDate`. */
export type OnDate = {
  /** A name of the mapping, or of an attribute of a declared extension; the first ten characters are the date. */
  readonly onDate: string;
  readonly offsetDays: number;
  /** HH:MM */
  readonly localTime: string;
  /** IANA name, like Europe/Berlin. */
  readonly timeZone: string;
};

/** What becomes of a value that somebody changed at the target while the source goes on saying the same. */
export type ManualEdit = 'override' | 'preserve' | 'lock' | 'ask';

/** One mode for everything, or one for each attribute by its name (`email` for the address) and `default` for the rest. */
export type ManualEdits = ManualEdit | Readonly<Record<string, ManualEdit>>;

/** What a connection's admin has decided; docs/policy.md explains each field. */
export type Policy = {
  /** `manual` keeps joiners staged until somebody invites them; so does a first day that is still to come. */
  readonly invite: 'automatic' | 'manual' | OnDate;
  /** How joiners learn of their account: the first way that can be used. */
  readonly inviteChannel: readonly InviteChannel[];
  readonly inviteReminders: InviteReminders;
  /** By which of a person's addresses an account is recognised; several accounts are never a guess. */
  readonly match: Match;
  /** What to do with an account of the same e-mail that we did not make. `ask` leaves it alone until a human says. */
  readonly adoptExisting: 'all' | 'ask';
  readonly onDeactivate: OnLeave;
  readonly onDelete: OnLeave;
  /** The moment after which somebody counts as deactivated though the source still says active. */
  readonly lastDay: OnDate | 'off';
  /** Who made the connection at the source: what a mere user connected may not take anybody's access away. */
  readonly grantedBy: 'admin' | 'user';
  /** How much access may be lost without a human. */
  readonly guard: Guard | 'off';
  readonly onDisconnect: OnDisconnect;
  /** For people who are missing from a full roster. */
  readonly onAbsence: OnLeave;
  /** Days between the suspension and its end, 0 to 365: who comes back within them gets the same account back. */
  readonly graceDays: number;
  /** What ends an account after its grace. `keep` leaves it suspended. */
  readonly erasureMode: 'erase' | 'anonymise' | 'keep';
  /** `active`: an invitation of ours that nobody accepted is withdrawn instead of suspended. */
  readonly suspendScope: 'active' | 'all';
  /** E-mail addresses, userNames or externalIds, in any letter case: never suspended or erased by themselves. */
  readonly protected: readonly string[];
  readonly manualEdits: ManualEdits;
  /** Memberships that others gave at the target. `remove` takes them away where the group is one of the connection's. */
  readonly manualMemberships: 'preserve' | 'remove';
  /** How often all accounts of a target are compared with the links. */
  readonly reconcile: { readonly everyHours: number } | 'off';
};

/** The guard's limits, for each connection at each of its targets. See plan/guard.ts. */
export type Guard = {
  /** So many people in each window always pass, however small the company. */
  readonly floor: number;
  readonly perHourPercent: number;
  readonly perDayPercent: number;
  /** From this share of the accounts on, two people must release a hold. */
  readonly twoPeoplePercent: number;
  /** `effects`: what the target marks as harmless, like ending sessions, is done while the suspension is held. */
  readonly whileHeld: 'wait' | 'effects';
};

export const DEFAULT_GUARD: Guard = {
  floor: 5,
  perHourPercent: 10,
  perDayPercent: 20,
  twoPeoplePercent: 50,
  whileHeld: 'wait',
};

/** The `recommended` preset: nobody is invited, adopted or erased without being asked for. */
export const RECOMMENDED_POLICY: Policy = {
  invite: 'manual',
  inviteChannel: ['target'],
  inviteReminders: { afterDays: [3, 7], expireDays: 14 },
  match: 'work',
  adoptExisting: 'ask',
  onDeactivate: 'suspend',
  onDelete: 'suspend-then-erase',
  lastDay: 'off',
  grantedBy: 'admin',
  onAbsence: 'suspend',
  graceDays: 30,
  erasureMode: 'keep',
  suspendScope: 'all',
  protected: [],
  manualEdits: 'override',
  manualMemberships: 'preserve',
  reconcile: { everyHours: 4 },
  guard: DEFAULT_GUARD,
  onDisconnect: { accepted: 'keep', pending: 'revoke', neverInvited: 'erase' },
};
