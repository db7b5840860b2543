import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { EventDetail, EventKind } from '../model/event.ts';

/*
 * What happened is told by the statement that makes it happen: both are kept, or neither. It costs that statement one row in
 * a small table, and nothing in a tenant whose events nobody has asked for yet; everything else about events is done later,
 * by whoever reads them (events/number.ts).
 */

/** True where somebody has asked for the tenant's events (events/list.ts). */
const isHeard = (tenantId: string) => `exists (select 1 from event_heads h where h.tenant_id = ${tenantId})`;

/**
 * The tail of a statement that has just written people. `changes` is the CTE that yields (tenant_id, connection_id,
 * subject_id, revision, type, active, detail): `active` where somebody became active or inactive by it, else null.
 */
export function tellPeopleSql(changes: string): string {
  return `insert into new_events (tenant_id, source_id, revision, type, connection_id, person_id, active, detail)
    select c.tenant_id, c.subject_id, c.revision, c.type, c.connection_id, c.subject_id, c.active, c.detail
      from ${changes} c where ${isHeard('c.tenant_id')}`;
}

/** The names of a resource's attributes, in SQL: for writes of many at once. */
export const ATTRIBUTES_OF = (document: string) =>
  `jsonb_build_object('attributes', (select jsonb_agg(k) from json_object_keys(${document}) k where k <> 'schemas'))`;

/** The tail of the statement that ends an action; `finished` is the CTE that yields its row. */
export function tellActionSql(finished: string, kind: EventKind): string {
  return `insert into new_events (tenant_id, source_id, revision, type, connection_id, target_id, person_id, detail)
    select f.tenant_id, f.id, 0, '${kind}', f.connection_id, f.target_id, f.person_id,
           jsonb_build_object('account', :remoteId::text)
      from ${finished} f where ${isHeard('f.tenant_id')}`;
}

/** The tail of a statement that ends runs; `ended` is the CTE that yields their rows. */
export function tellRunsSql(ended: string): string {
  return `insert into new_events (tenant_id, source_id, revision, type, connection_id, target_id, detail)
    select e.tenant_id, e.id, 0, 'run.end', e.connection_id, e.target_id,
           jsonb_build_object('run', e.kind, 'state', e.state)
      from ${ended} e where ${isHeard('e.tenant_id')}`;
}

const insertEvent = statement<never>(
  'events_tell',
  `insert into new_events (tenant_id, source_id, revision, type, connection_id, target_id, detail)
   select :tenantId::uuid, :sourceId::uuid, 0, :kind, :connectionId::uuid, :targetId::uuid, :detail::jsonb
    where ${isHeard(':tenantId::uuid')}`,
);

export type Happened = {
  readonly tenantId: string;
  readonly kind: EventKind;
  readonly sourceId: string;
  readonly connectionId: string | null;
  readonly targetId: string | null;
  readonly detail?: EventDetail;
};

/** Tells of something rarer than writes of people, in the transaction that makes it true. */
export async function happened(trx: Knex, { detail = {}, ...event }: Happened): Promise<void> {
  await insertEvent(trx, { ...event, detail: JSON.stringify(detail) });
}
