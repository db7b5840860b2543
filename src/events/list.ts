import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { EventKind, GangwayEvent } from '../model/event.ts';
import { numberEvents } from './number.ts';

/** How far the feed of a tenant reaches: the last number given out, and the last one that was deleted. */
export type Head = { readonly position: number; readonly floor: number };
export type EventPage = {
  readonly events: GangwayEvent[];
  /** Everything up to here has been looked at. */
  readonly next: number;
  readonly head: number;
};
/** `kinds`: only these; null: all. */
export type EventQuery = {
  readonly after: number;
  readonly kinds: readonly EventKind[] | null;
  readonly limit: number;
};

/** A page looks at so many at most, however few of them fit. */
const MOST_SCANNED = 10_000;
export const KEPT_DAYS = 30;

const selectHead = statement<Head>(
  'events_head',
  `select position::float8 as position, floor::float8 as floor from event_heads where tenant_id = :tenantId`,
);

const beginFeed = statement<never>(
  'events_begin',
  'insert into event_heads (tenant_id) values (:tenantId) on conflict do nothing',
);

const KIND = `case when active then 'person.activate' when not active then 'person.deactivate' else type end`;

const selectPage = statement<GangwayEvent>(
  'events_page',
  `select position::float8 as position, id, at, ${KIND} as kind, type as written, source_id as "sourceId",
          connection_id as "connectionId", target_id as "targetId", person_id as "personId", detail
     from events
    where tenant_id = :tenantId and position > :after and position <= :until
      and (:kinds::text[] is null or ${KIND} = any(:kinds::text[]))
    order by position limit :limit`,
);

/** How far the feed reaches now, with everything numbered that could be seen. Whoever asks first begins it. */
export async function headOf(db: Knex, tenantId: string): Promise<Head> {
  await numberEvents(db, tenantId);
  const [head] = await selectHead(db, { tenantId });
  if (head) return head;
  await beginFeed(db, { tenantId });
  return { position: 0, floor: 0 };
}

/** The events behind a place in the feed, in their order. Throws `events_gone` where some of them are deleted already. */
export async function readEvents(db: Knex, tenantId: string, query: EventQuery): Promise<EventPage> {
  const { after, kinds, limit } = query;
  const { position: head, floor } = await headOf(db, tenantId);
  if (after < floor) {
    const mend = 'read the people once as they are now (GET /people), and begin again without a cursor';
    throw new Fault('events_gone', `events are kept for ${KEPT_DAYS} days, and this place is older: ${mend}`);
  }
  if (after > head) {
    const why = 'the database was restored from a backup, or it is a cursor of another tenant';
    throw new Fault('events_gone', `this place is beyond the end of the feed: ${why}; begin again without a cursor`);
  }
  const until = Math.min(head, after + MOST_SCANNED);
  const events = until > after ? await selectPage(db, { tenantId, after, until, kinds, limit }) : [];
  const last = events.at(-1)?.position;
  return { events, head, next: last !== undefined && events.length === limit ? last : until };
}
