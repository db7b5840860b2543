/** What the feed tells of, as it is stored: short, because a hot write carries it along. */
export const EVENT_KINDS = [
  'person.create',
  'person.patch',
  'person.put',
  'person.activate',
  'person.deactivate',
  'person.delete',
  'account.invite',
  'account.adopt',
  'account.update',
  'account.grant',
  'account.revoke',
  'account.suspend',
  'account.effect',
  'account.resume',
  'account.erase',
  'account.anonymise',
  'hold.open',
  'hold.release',
  'hold.discard',
  'hold.lapse',
  'run.end',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

const SCIM = 'urn:ietf:params:scim:event:prov:';

/** RFC 9967 §2.4, in the form of a notice: ids and names of attributes, no values. */
export const SCIM_EVENTS = {
  'person.create': `${SCIM}create:notice`,
  'person.patch': `${SCIM}patch:notice`,
  'person.put': `${SCIM}put:notice`,
  'person.activate': `${SCIM}activate`,
  'person.deactivate': `${SCIM}deactivate`,
  'person.delete': `${SCIM}delete`,
} as const satisfies Partial<Record<EventKind, string>>;

/** One thing that happened, in its place in the feed of its tenant. */
export type GangwayEvent = {
  readonly position: number;
  /** The same wherever and however often it is sent. */
  readonly id: string;
  readonly at: Date;
  /** What it is told as: a change that also activates or deactivates counts as that. */
  readonly kind: EventKind;
  /** What was written; differs from `kind` where a change activates or deactivates. */
  readonly written: EventKind;
  /** The person, action, hold or run. */
  readonly sourceId: string;
  readonly connectionId: string | null;
  readonly targetId: string | null;
  readonly personId: string | null;
  readonly detail: EventDetail;
};

/** Names and ids alone: no value of a person is ever in an event. */
export type EventDetail = {
  /** Names of the attributes that were written. */
  readonly attributes?: readonly string[];
  /** The account's id at its target. */
  readonly account?: string | null;
  /** What kind of run it was, and how it ended. */
  readonly run?: string;
  readonly state?: string;
};

export const STREAM_KINDS = ['webhook', 'set-push', 'set-poll'] as const;
/** Signed JSON by POST; Security Event Tokens by POST (RFC 8935); the same fetched by their receiver (RFC 8936). */
export type StreamKind = (typeof STREAM_KINDS)[number];
