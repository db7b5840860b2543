import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Action } from '../model/action.ts';
import type { Resource } from '../model/person.ts';

export type Summary = {
  id: string;
  userName: string;
  active: boolean;
  deleted: boolean;
  /** Missing from the last full roster. */
  absent: boolean;
  /** The resource as the source last sent it. */
  said: Resource;
  /** Display names of the groups that the source put the person in. */
  groups: string[];
  /** When it last said something, be it that the person is gone. */
  modifiedAt: string;
  connection: { id: string; name: string; state: string };
  links: { targetId: string; remoteId: string | null; state: string; origin: string; settledAt: string | null }[];
  /** Targets where the guard holds a loss of theirs, and those whose account the connection has let go. */
  held: string[];
  released: string[];
  work: { targetId: string; state: string; attempts: number; nextAt: string; lastError: string | null }[];
  /** The latest first. */
  actions: {
    id: string;
    targetId: string;
    kind: string;
    state: string;
    detail: Action;
    attempts: number;
    answer: string | null;
    createdAt: string;
    finishedAt: string | null;
  }[];
};

const MOST_ACTIONS = 200;

const selectSummary = statement<Summary>(
  'summary_person',
  `select p.id, p.user_name as "userName", p.active, p.deleted_at is not null as deleted,
          p.absent_at is not null as absent,
          p.document as said, coalesce(p.deleted_at, p.modified_at) as "modifiedAt",
          array(select g.display_name from memberships m join groups g on g.tenant_id = m.tenant_id and g.id = m.group_id
                 where m.tenant_id = p.tenant_id and m.member_id = p.id order by 1) as groups,
          json_build_object('id', c.id, 'name', c.name, 'state', c.state) as connection,
          coalesce((select json_agg(json_build_object('targetId', l.target_id, 'remoteId', l.remote_id, 'state', l.state,
                      'origin', l.origin, 'settledAt', l.settled_at))
             from links l where l.tenant_id = p.tenant_id and l.person_id = p.id), '[]') as links,
          coalesce((select json_agg(json_build_object('targetId', w.target_id, 'state', w.state, 'attempts', w.attempts,
                      'nextAt', w.next_at, 'lastError', w.last_error))
             from connection_targets ct join work_item w
               on w.tenant_id = ct.tenant_id and w.target_id = ct.target_id and w.kind = 'push' and w.subject_id = p.id
            where ct.tenant_id = p.tenant_id and ct.connection_id = p.connection_id), '[]') as work,
          array(select target_id from hold_items i
                 where i.tenant_id = p.tenant_id and i.person_id = p.id and i.state = 'held') as held,
          array(select target_id from released_links r where r.tenant_id = p.tenant_id and r.person_id = p.id) as released,
          coalesce((select json_agg(a) from (
             select id, target_id as "targetId", kind, state, detail, attempts, answer, created_at as "createdAt",
                    finished_at as "finishedAt"
               from actions where tenant_id = p.tenant_id and person_id = p.id
              order by id desc limit ${MOST_ACTIONS}) a), '[]') as actions
     from people p join connections c on c.tenant_id = p.tenant_id and c.id = p.connection_id
    where p.tenant_id = :tenantId and p.id = :id`,
);

/** What the source said of a person, what is linked, what waits and what was delivered; null for an unknown id. */
export async function summaryOf(db: Knex, tenantId: string, id: string): Promise<Summary | null> {
  const [row] = await selectSummary(db, { tenantId, id });
  return row ?? null;
}

const MOST_NAMESAKES = 20;

// the living by their unique index, in each connection; the deleted by what their accounts can be recognised by
const selectNamed = statement<{ id: string }>(
  'summary_named',
  `select id from (
     select p.id, p.deleted_at from connections c join people p
         on p.tenant_id = c.tenant_id and p.connection_id = c.id and p.user_name_key = :userNameKey and p.deleted_at is null
      where c.tenant_id = :tenantId
     union
     select p.id, p.deleted_at from links l join people p on p.tenant_id = l.tenant_id and p.id = l.person_id
      where l.tenant_id = :tenantId and l.match_keys @> array[:linkKey::text] and p.user_name_key = :userNameKey
        and p.deleted_at is not null) named
    order by deleted_at desc nulls first, id limit ${MOST_NAMESAKES}`,
);

/**
 * The ids of the people with this userName, which each connection may know one of; the deleted come last, and only while
 * they have a link. `folded` is the userName without letter case.
 */
export async function peopleNamed(db: Knex, tenantId: string, folded: string): Promise<string[]> {
  const rows = await selectNamed(db, { tenantId, userNameKey: folded, linkKey: `userName:${folded}` });
  return rows.map(({ id }) => id);
}

const selectByEmail = statement<{ id: string }>(
  'summary_email',
  `select p.id from connections c join people p
       on p.tenant_id = c.tenant_id and p.connection_id = c.id and p.email_key = :emailKey and p.deleted_at is null
    where c.tenant_id = :tenantId order by p.id limit ${MOST_NAMESAKES}`,
);

/** The ids of the people with this e-mail address, without letter case; the deleted are not among them. */
export async function peopleWithEmail(db: Knex, tenantId: string, folded: string): Promise<string[]> {
  const rows = await selectByEmail(db, { tenantId, emailKey: folded });
  return rows.map(({ id }) => id);
}
