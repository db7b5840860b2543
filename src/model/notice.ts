/** What a notice may be about. */
export const NOTICE_KINDS = [
  'roster_accepted',
  'roster_partly',
  'roster_refused',
  'roster_held',
  'roster_failed',
  'roster_overdue',
  'guard_held',
  'reconcile_alarm',
  'target_down',
  'token_expiring',
  'token_expired',
  'waiting',
  'weekly',
  'events_paused',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What a recipient gets who chose nothing: whatever needs a human. */
export const DEFAULT_NOTICES: readonly NoticeKind[] = NOTICE_KINDS.filter(
  (kind) => kind !== 'roster_accepted' && kind !== 'weekly',
);

/** What is known of each kind; no names of people, since notices are kept. Times are ISO 8601. */
export type NoticeDetails = {
  roster_accepted: RosterCounts;
  roster_partly: RosterCounts & {
    readonly rejected: number;
    /** The most frequent codes of rejects. */
    readonly codes: readonly { readonly code: string; readonly rows: number }[];
  };
  roster_refused: { readonly runId: string; readonly reason: string };
  roster_held: { readonly runId: string; readonly reason: string };
  roster_failed: { readonly runId: string; readonly reason: string };
  roster_overdue: { readonly expectedEvery: string; readonly dueAt: string; readonly lastAt: string | null };
  /** The numbers of the moment when it was opened. */
  guard_held: {
    readonly holdId: string;
    readonly targetId: string;
    readonly people: number;
    readonly active: number;
    readonly limit: number;
  };
  reconcile_alarm: {
    readonly runId: string;
    readonly targetId: string;
    readonly resurrected: number;
    readonly missing: number;
    readonly links: number;
    /** The list was not believed. */
    readonly held: boolean;
  };
  /** `until`: null while it is down. */
  target_down: { readonly targetId: string; readonly since: string; readonly until: string | null };
  token_expiring: TokenDetail & { readonly days: number };
  token_expired: TokenDetail;
  waiting: { readonly people: number; readonly reasons: Readonly<Record<string, number>> };
  weekly: WeekCounts;
  events_paused: { readonly name: string; readonly why: string; readonly since: string };
};

type RosterCounts = {
  readonly runId: string;
  readonly rows: number;
  readonly new: number;
  readonly changed: number;
  readonly returned: number;
  readonly missing: number;
};
type TokenDetail = { readonly tokenId: string; readonly prefix: string; readonly expiresAt: string };

/** A week of one connection: people who got an account, lost or changed it, and what waits at its end. */
export type WeekCounts = {
  readonly from: string;
  readonly to: string;
  readonly joined: number;
  readonly left: number;
  readonly returned: number;
  readonly changed: number;
  readonly failed: number;
  readonly held: number;
  readonly heldRosters: number;
  readonly waiting: number;
  readonly overdue: boolean;
  /** Tokens that expire within 30 days. */
  readonly tokens: number;
};

/** One happening, with what is known of it. */
export type Happening = {
  [Kind in NoticeKind]: { readonly kind: Kind; readonly detail: NoticeDetails[Kind] };
}[NoticeKind];

export const NOTICE_LANGUAGES = ['en', 'de'] as const;
export type NoticeLanguage = (typeof NOTICE_LANGUAGES)[number];

/** Somebody who gets notices of a connection, or of all connections of a tenant. */
export type Recipient = {
  readonly address: string;
  readonly language: NoticeLanguage;
  readonly kinds: readonly NoticeKind[];
};

export const MAIL_STATES = ['waiting', 'sending', 'sent', 'refused', 'dropped', 'given_up'] as const;
/** What became of a notice for one address. `dropped`: the address was taken off the list before. */
export type MailState = (typeof MAIL_STATES)[number];
