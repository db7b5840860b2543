import type { Readable } from 'node:stream';
import type { RosterProfileInput } from '../roster/profile.ts';

/** Where a roster can be fetched from. */
export const FEED_KINDS = ['https', 'sftp', 'scim', 'google'] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** When a feed fetches: a cron expression of five parts, in a zone's local time. */
export type Schedule = { readonly cron: string; readonly timeZone: string };

/** What a roster must be like before anybody looks into it; null: nothing is expected. */
export type Expectations = {
  readonly minRows: number | null;
  /** Hours since the source says that the file was changed: an export that has stopped is not a roster of today. */
  readonly maxAgeHours: number | null;
};

export type FeedSettings = {
  readonly kind: FeedKind;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
};

/** What the source says by which it can tell later that nothing has changed. */
export type Seen = {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  /** Of a file that is no answer of a web server: its name, size and time. */
  readonly file?: string | undefined;
};

/** What a feed has found. `modifiedAt` is null where the source does not say. */
export type Opened =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'roster';
      readonly fileName: string | null;
      readonly body: Readable;
      readonly modifiedAt: Date | null;
      readonly seen: Seen | null;
      /** What is told to whoever tries the feed out. */
      readonly notes: readonly string[];
    };

/** The source behind a feed, ready to be asked. */
export type Source = {
  /** What the source has now. Throws a Fault; what `body` throws while it is read is one, too. */
  open(ask: { readonly seen: Seen | null; readonly signal: AbortSignal }): Promise<Opened>;
  /** What is used where the connection's profile names no columns: rows that we make ourselves have ours. */
  readonly profile: RosterProfileInput;
  /** How long a fetch may take in all. */
  readonly timeoutMinutes: number;
  /** Whatever no message may hold. */
  readonly secrets: readonly string[];
  /** The hosts that get the secrets: whoever changes one gives the secrets again. */
  readonly places: readonly string[];
};
