import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import { describeHold, needsTwoPeople, type Reason } from '../plan/guard.ts';
import type { HoldCounts } from './hold-items.ts';
import type { LinkKey } from './links.ts';

export type Hold = {
  id: string;
  state: 'held' | 'released' | 'discarded' | 'lapsed';
  /** Its numbers in one sentence, of now while it is open. */
  reason: string;
  numbers: Reason;
  /** Two different people must release it. */
  needsTwo: boolean;
  target: { id: string; name: string };
  connection: { id: string; name: string };
  /** How many people are in which state. */
  people: { held: number; released: number; discarded: number; done: number; left: number; approved: number };
  createdAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
};
export type HeldPerson = {
  id: string;
  userName: string;
  /** What the source says of them now. */
  source: 'active' | 'inactive' | 'absent' | 'deleted';
  /** The account as it is until somebody decides; null where there is none any more. */
  account: { state: string; email: string | null; groups: string[] } | null;
  state: 'held' | 'released' | 'discarded' | 'done' | 'left';
  losses: string[];
  createdAt: string;
  /** The first of two people who must release this one. */
  approvedBy: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
};
export type HoldRow = Omit<Hold, 'reason' | 'numbers' | 'needsTwo'> & { counts: HoldCounts };

const MOST_HOLDS = 200;
const MOST_PEOPLE = 10_000;

const COLUMNS = `h.id, h.state, h.counts, h.created_at as "createdAt", h.decided_at as "decidedAt",
          h.decided_by as "decidedBy",
          json_build_object('id', t.id, 'name', t.name) as target, json_build_object('id', c.id, 'name', c.name) as connection,
          (select json_build_object(
                    'held', count(*) filter (where i.state = 'held'), 'released', count(*) filter (where i.state = 'released'),
                    'discarded', count(*) filter (where i.state = 'discarded'), 'done', count(*) filter (where i.state = 'done'),
                    'left', count(*) filter (where i.state = 'left'),
                    'approved', count(*) filter (where i.state = 'held' and i.approved_by is not null))
             from hold_items i where i.tenant_id = h.tenant_id and i.hold_id = h.id) as people`;
const FROM = `holds h join targets t on t.tenant_id = h.tenant_id and t.id = h.target_id
     join connections c on c.tenant_id = h.tenant_id and c.id = h.connection_id`;

const selectHolds = statement<HoldRow>(
  'holds_list',
  `select ${COLUMNS} from ${FROM} where h.tenant_id = :tenantId
    order by h.state = 'held' desc, h.id desc limit ${MOST_HOLDS}`,
);

const selectHold = statement<HoldRow>(
  'holds_get',
  `select ${COLUMNS} from ${FROM} where h.tenant_id = :tenantId and h.id = :id`,
);

const selectPeople = statement<HeldPerson>(
  'holds_people',
  `select p.id, p.user_name as "userName", i.state, i.losses, i.created_at as "createdAt", i.approved_by as "approvedBy",
          i.decided_by as "decidedBy", i.decided_at as "decidedAt",
          case when p.deleted_at is not null then 'deleted' when p.absent_at is not null then 'absent'
               when p.active then 'active' else 'inactive' end as source,
          case when l.person_id is not null then json_build_object('state', l.state,
            'email', l.applied->'told'->>'email', 'groups', l.granted) end as account
     from hold_items i join people p on p.tenant_id = i.tenant_id and p.id = i.person_id
     left join links l on l.tenant_id = i.tenant_id and l.target_id = i.target_id and l.person_id = i.person_id
    where i.tenant_id = :tenantId and i.hold_id = :id
      and (:waiting::boolean is null or (i.state = 'held') = :waiting::boolean)
      and (:after::uuid is null or (p.user_name, p.id) > (
            select q.user_name, q.id from people q where q.tenant_id = :tenantId and q.id = :after::uuid))
    order by case when :waiting::boolean is null then i.state = 'held' end desc, p.user_name, p.id limit :limit`,
);

const selectOwn = statement<{ holdId: string; state: 'held' | 'released' | 'discarded'; decidedBy: string | null }>(
  'holds_own',
  `select hold_id as "holdId", state, decided_by as "decidedBy" from hold_items
    where tenant_id = :tenantId and target_id = :targetId and person_id = :personId
      and state in ('held', 'released', 'discarded')`,
);

/** The holds of a tenant: the open ones first, then the newest. */
export async function listHolds(db: Knex, tenantId: string): Promise<Hold[]> {
  return (await selectHolds(db, { tenantId })).map(inWords);
}

/** One hold; throws `not_found`. */
export async function readHold(db: Knex, tenantId: string, id: string): Promise<Hold> {
  return inWords(await holdRow(db, tenantId, id));
}

/** `waiting`: only who is held still, or only who is not; null for all of them. `after`: the last of the page before. */
export type HeldPage = { waiting: boolean | null; after: string | null; limit: number };

/** One hold with its people; throws `not_found`. */
export async function showHold(
  db: Knex,
  tenantId: string,
  id: string,
  page: HeldPage = { waiting: null, after: null, limit: MOST_PEOPLE },
): Promise<Hold & { members: HeldPerson[] }> {
  const hold = await holdRow(db, tenantId, id);
  return { ...inWords(hold), members: await selectPeople(db, { tenantId, id, ...page }) };
}

/** One hold as it is stored; throws `not_found`. */
export async function holdRow(db: Knex, tenantId: string, id: string): Promise<HoldRow> {
  const [row] = await selectHold(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no hold ${id}`);
  return row;
}

/** People who would have lost something: those before the hold, and those of it who did not come back. */
export function peopleOf({ counts, people }: HoldRow): number {
  return counts.people - 1 + people.held + people.released + people.done;
}

/** Why a person's losses are not delivered, in words; null when nobody keeps them back. */
export async function whyHeld(db: Knex, key: LinkKey): Promise<string | null> {
  const [own] = await selectOwn(db, key);
  if (!own || own.state === 'released') return null;
  if (own.state === 'held') return `held: ${inWords(await holdRow(db, key.tenantId, own.holdId)).reason}`;
  return `discarded by ${own.decidedBy}: not done until the source says something new of this person`;
}

function inWords(row: HoldRow): Hold {
  const { counts, ...hold } = row;
  // what was given up does not happen, but a closed hold tells what it was about
  const given = row.state === 'held' ? 0 : row.people.discarded;
  const { guard, ...first } = counts;
  const numbers = { ...first, people: peopleOf(row) + given };
  const needsTwo = needsTwoPeople(numbers.people, counts.active, guard);
  return { ...hold, reason: describeHold(numbers), numbers, needsTwo };
}
