import { EVENT_KINDS, type EventKind, SCIM_EVENTS, type StreamKind } from '../model/event.ts';

const PEOPLE: Partial<Record<EventKind, string>> = SCIM_EVENTS;

/** What receivers of Security Event Tokens understand; of accounts that is the end of their sessions (CAEP). */
const SET_TYPES: Partial<Record<EventKind, string>> = {
  ...PEOPLE,
  'account.suspend': 'https://schemas.openid.net/secevent/caep/event-type/session-revoked',
};

/** What an event is called in the feed and by webhooks. */
export function feedType(kind: EventKind): string {
  return PEOPLE[kind] ?? `gangway.${kind}`;
}

/** What an event is called in a Security Event Token; undefined where none can carry it. */
export function setType(kind: EventKind): string | undefined {
  return SET_TYPES[kind];
}

export const FEED_TYPES: readonly string[] = EVENT_KINDS.map(feedType);
const TOKEN_TYPES: readonly string[] = EVENT_KINDS.flatMap((kind) => setType(kind) ?? []);

/** The types that a stream of this kind can carry. */
export function typesOf(kind: StreamKind): readonly string[] {
  return kind === 'webhook' ? FEED_TYPES : TOKEN_TYPES;
}

/** What these types are stored as; null stands for all that can be carried. */
export function kindsOf(kind: StreamKind, types: readonly string[] | null): EventKind[] {
  const name = kind === 'webhook' ? feedType : setType;
  return EVENT_KINDS.filter((each) => {
    const type = name(each);
    return type !== undefined && (types?.includes(type) ?? true);
  });
}
