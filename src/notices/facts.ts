import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Happening, NoticeLanguage } from '../model/notice.ts';
import type { Guard } from '../model/policy.ts';
import { needsTwoPeople, type Reason } from '../plan/guard.ts';
import type { MailKey } from './queue.ts';

/** How a hold stands now: more people may have joined since it was opened. */
export type HoldFacts = {
  readonly state: string;
  readonly people: number;
  readonly active: number;
  readonly counter: 'access' | 'email';
  readonly twoPeople: boolean;
  /** Some of the people in it. */
  readonly names: readonly string[];
};

/** One notice with everything that its mail tells. */
export type NoticeFacts = Happening & {
  readonly id: string;
  readonly connection: string | null;
  readonly target: string | null;
  readonly createdAt: Date;
  /** What a notice of a hold is about; null for the others. */
  readonly hold: HoldFacts | null;
};

/** A mail that is about to be sent: to whom, and the notices in it. */
export type MailFacts = {
  readonly address: string;
  readonly language: NoticeLanguage;
  readonly company: string;
  readonly timeZone: string;
  /** The oldest first. */
  readonly notices: readonly NoticeFacts[];
  readonly total: number;
};

/** So many are told in one mail; the list has the others. */
const MOST_TOLD = 20;
const MOST_NAMES = 10;

type Row = Happening & {
  id: string;
  connection: string | null;
  target: string | null;
  createdAt: Date;
  address: string;
  language: NoticeLanguage;
  company: string;
  timeZone: string;
  total: number;
};

const selectMail = statement<Row>(
  'notice_mail_facts',
  `select n.id, n.kind, n.detail, n.created_at as "createdAt", c.name as connection, g.name as target, m.address,
          m.language, t.name as company, coalesce(c.notice_time_zone, t.notice_time_zone, 'UTC') as "timeZone",
          count(*) over ()::int as total
     from notice_mails m
     join notices n on n.tenant_id = m.tenant_id and n.id = m.notice_id
     join tenants t on t.tenant_id = n.tenant_id
     left join connections c on c.tenant_id = n.tenant_id and c.id = n.connection_id
     left join targets g on g.tenant_id = n.tenant_id and g.id = (n.detail->>'targetId')::uuid
    where m.tenant_id = :tenantId and m.address_id = :addressId and m.mail_id = :mailId and m.state = 'sending'
    order by n.id limit ${MOST_TOLD}`,
);

type HoldRow = { state: string; counts: Reason & { guard: Guard }; still: number; names: string[] };

const selectHold = statement<HoldRow>(
  'notice_hold',
  `select h.state, h.counts,
          (select count(*)::int from hold_items i
            where i.tenant_id = h.tenant_id and i.hold_id = h.id and i.state <> 'left') as still,
          array(select p.user_name from hold_items i join people p on p.tenant_id = i.tenant_id and p.id = i.person_id
                 where i.tenant_id = h.tenant_id and i.hold_id = h.id and i.state <> 'left'
                 order by p.user_name limit ${MOST_NAMES}) as names
     from holds h where h.tenant_id = :tenantId and h.id = :holdId`,
);

/** Reads what a mail tells, as it is now; null when there is nothing to be sent in it. */
export async function readMail(db: Knex, key: MailKey): Promise<MailFacts | null> {
  const rows = await selectMail(db, key);
  const [first] = rows;
  if (!first) return null;
  const { address, language, company, timeZone, total } = first;
  const notices: NoticeFacts[] = [];
  for (const row of rows) notices.push({ ...row, hold: await holdOf(db, key.tenantId, row) });
  return { address, language, company, timeZone, notices, total };
}

async function holdOf(db: Knex, tenantId: string, notice: Happening): Promise<HoldFacts | null> {
  if (notice.kind !== 'guard_held') return null;
  const [row] = await selectHold(db, { tenantId, holdId: notice.detail.holdId });
  if (!row) return null;
  const { state, counts, still, names } = row;
  const people = counts.people - 1 + still;
  const twoPeople = needsTwoPeople(people, counts.active, counts.guard);
  return { state, people: still, active: counts.active, counter: counts.counter, twoPeople, names };
}
