import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Action } from '../model/action.ts';

/** One thing that happened to a person. */
export type Happened = {
  /** `source`: the source said something; the others as they are called everywhere. */
  kind: 'source' | 'action' | 'hold' | 'invite' | 'decision' | 'audit';
  at: Date;
  /** Unique among those of its kind. */
  id: string;
  targetId: string | null;
  /** What it was: an action's kind, what a human did, what the source said. */
  what: string;
  /** How it stands: an action's or a hold's state. */
  state: string | null;
  actor: string | null;
  /** The target's own words. */
  answer: string | null;
  detail: Record<string, unknown> | Action | null;
};

// each part is read by its index, and no further than a page
const selectTimeline = statement<Happened>(
  'timeline_person',
  `select * from (
     (select 'action' as kind, created_at as at, id::text as id, target_id as "targetId", kind as what, state,
             null::text as actor, answer, detail
        from actions where tenant_id = :tenantId and person_id = :personId and created_at < :before::timestamptz + interval '1 millisecond'
       order by id desc limit :most)
     union all
     (select 'hold', created_at, hold_id::text, target_id, array_to_string(losses, ', '), state, decided_by, null, null
        from hold_items where tenant_id = :tenantId and person_id = :personId and created_at < :before::timestamptz + interval '1 millisecond'
       order by created_at desc limit :most)
     union all
     (select 'invite', i.created_at, i.id::text, i.target_id, i.channel, i.state, null, i.last_answer, null
        from targets t join invites i on i.tenant_id = t.tenant_id and i.target_id = t.id and i.person_id = :personId
       where t.tenant_id = :tenantId and i.created_at < :before::timestamptz + interval '1 millisecond'
       order by i.created_at desc limit :most)
     union all
     (select 'decision', d.at, d.target_id::text || d.kind, d.target_id, d.kind, 'open', d.actor, null, d.detail
        from targets t join decisions d on d.tenant_id = t.tenant_id and d.target_id = t.id and d.person_id = :personId
       where t.tenant_id = :tenantId and d.at < :before::timestamptz + interval '1 millisecond'
       order by d.at desc limit :most)
     union all
     (select 'audit', at, id::text, null, action, null, actor, null, detail
        from audit where tenant_id = :tenantId and subject = :personId::uuid::text and at < :before::timestamptz + interval '1 millisecond'
       order by id desc limit :most)
     union all
     (select 'source', s.at, s.what, null, s.what, null, null, null, null
        from people p
       cross join lateral (values ('created', p.created_at), ('last change', p.modified_at), ('missing', p.absent_at),
                                  ('deleted', p.deleted_at)) s (what, at)
       where p.tenant_id = :tenantId and p.id = :personId and s.at < :before::timestamptz + interval '1 millisecond')) happened
   order by date_trunc('milliseconds', at) desc, kind, id limit :most`,
);

/**
 * What happened to a person, the latest first. Of the source's words only the first and the last are kept. `seen` is how many
 * of the moment `before` the page before has shown: several things may happen at once.
 */
export async function timelineOf(
  db: Knex,
  who: { tenantId: string; personId: string },
  page: { before: Date; seen: number; limit: number },
): Promise<{ events: Happened[]; next: { before: Date; seen: number } | null }> {
  const { before, seen, limit } = page;
  const rows = await selectTimeline(db, { ...who, before, most: limit + seen + 1 });
  const events = rows.slice(seen, seen + limit);
  const last = events.at(-1);
  if (!last || rows.length <= seen + limit) return { events, next: null };
  const same = events.filter(({ at }) => at.getTime() === last.at.getTime()).length;
  const shown = last.at.getTime() === before.getTime() ? seen + same : same;
  return { events, next: { before: last.at, seen: shown } };
}
