/** How an invite reaches somebody. `target`: the app sends its own; `print`: on a sheet that somebody hands out. */
export const INVITE_CHANNELS = ['target', 'email', 'sms', 'print'] as const;
export type InviteChannel = (typeof INVITE_CHANNELS)[number];
/** A channel by which Gangway itself invites. */
export type OwnChannel = Exclude<InviteChannel, 'target'>;

/** An open invite's code is valid; the others are closed. `sending`: the message may have gone. */
export const OPEN_STATES = ['queued', 'sending', 'sent', 'delivered', 'bounced'] as const;
export const INVITE_STATES = [...OPEN_STATES, 'accepted', 'expired', 'revoked'] as const;
export type InviteState = (typeof INVITE_STATES)[number];

export type Language = 'en' | 'de';

/** When an invite that nobody accepted is repeated, and when it ends. */
export type InviteReminders = {
  /** Days after the first message. */
  readonly afterDays: readonly number[];
  readonly expireDays: number;
};

/** One invite of ours: that one person has an account at one target, and how they come in. */
export type Invite = {
  readonly tenantId: string;
  readonly id: string;
  readonly targetId: string;
  readonly personId: string;
  readonly connectionId: string;
  /** The action that made the account. */
  readonly cause: string;
  readonly channel: OwnChannel;
  readonly state: InviteState;
  /** Revoked because its person left: it comes again when they do. */
  readonly renewable: boolean;
  /** False: sent, but nobody knows whether it arrived, because the answer got lost. */
  readonly confirmed: boolean;
  readonly language: Language;
  /** Which of its codes is valid; a new one ends the one before. */
  readonly edition: number;
  /** Messages handed over so far. */
  readonly sends: number;
  /** Tries in a row that certainly sent nothing. */
  readonly failures: number;
  readonly bounces: number;
  readonly reminders: number;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  /** When a reminder, or the second try after a bounce, is due. */
  readonly nextAt: Date | null;
  readonly expiresAt: Date | null;
  readonly acceptedAt: Date | null;
  /** Shown to people: what the mail server or the gateway said last. */
  readonly lastAnswer: string | null;
  readonly location: string | null;
  readonly batch: string | null;
};

/** What somebody who invites by hand may choose for the account. */
export type Choice = {
  readonly entity?: string;
  readonly access?: string;
  /** Instead of the policy's channels. */
  readonly channel?: OwnChannel;
};
