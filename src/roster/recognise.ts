import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { REJECT_BAD } from './reject-sql.ts';
import type { RejectCode } from './row.ts';
import type { OpenRoster } from './runs.ts';

const X = 'x.tenant_id = :tenantId and x.run_id = :runId';
const P = 'p.tenant_id = :tenantId and p.connection_id = :connectionId and p.deleted_at is null';

// somebody who was missing, is known by another key, or came by the protocol: the same person, unless the file has them already
const recognise = statement<never>(
  'roster_recognise',
  `with known as (
     select x.line, p.id, p.absent_at is not null as absent, 1 as rank
       from roster_changes x join people p on ${P} and p.external_id = x.key where ${X} and x.verdict = 'new'
     union all
     select x.line, p.id, p.absent_at is not null, 2
       from roster_changes x join people p on ${P} and p.user_name_key = x.user_name_key where ${X} and x.verdict = 'new'),
   best as (select distinct on (k.line) k.* from known k order by k.line, k.rank, k.id),
   free as (
     select distinct on (b.id) b.* from best b
      where not exists (select 1 from roster_people k
                          join roster_rows x on ${X} and x.key = k.key
                         where k.tenant_id = :tenantId and k.person_id = b.id)
        and not exists (select 1 from roster_people k
                          join roster_rejects x on ${X} and x.key = k.key
                         where k.tenant_id = :tenantId and k.person_id = b.id)
      order by b.id, b.rank, b.line)
   update roster_changes x set person_id = f.id, verdict = case when f.absent then 'returned' else 'changed' end
     from free f where ${X} and x.line = f.line`,
);

/** The rows of two people with one name, or of one with the name of somebody whose row is as it was. */
const rejectTwins = (column: 'email_key' | 'user_name_key') =>
  statement<never>(
    `roster_twins_${column}`,
    `with twins as (
       select x.${column} as name from roster_changes x where ${X} and x.${column} is not null
        group by x.${column} having count(*) > 1),
     taken as (
       select x.line from roster_changes x
         join people p on ${P} and p.${column} = x.${column} and p.id is distinct from x.person_id
         join roster_people k on k.tenant_id = p.tenant_id and k.person_id = p.id
        where ${X} and x.line > 0
          and exists (select 1 from roster_rows r where r.tenant_id = :tenantId and r.run_id = :runId and r.key = k.key)
          and not exists (select 1 from roster_changes c
                           where c.tenant_id = :tenantId and c.run_id = :runId and c.person_id = p.id)),
     bad as (delete from roster_changes x
              where ${X} and (x.${column} in (select name from twins) or x.line in (select line from taken))
             returning x.line, x.key, x.${column} as found)
     ${REJECT_BAD}`,
  );

const rejectTwinEmails = rejectTwins('email_key');
const rejectTwinUserNames = rejectTwins('user_name_key');

/** Finds people who were not in the last roster and are known all the same. */
export async function recogniseKnown(db: Knex, { tenantId, runId, connectionId }: OpenRoster): Promise<void> {
  await recognise(db, { tenantId, runId, connectionId });
}

/** Rejects rows that have the e-mail address, or the user name, of somebody else in the file. */
export async function rejectTwinNames(
  db: Knex,
  { tenantId, runId, connectionId }: OpenRoster,
  columns: { email: string | null; userName: string | null },
): Promise<void> {
  const at = { tenantId, runId, connectionId };
  const [email, key]: RejectCode[] = ['duplicate_email', 'duplicate_key'];
  await rejectTwinEmails(db, { ...at, column: columns.email, code: email });
  await rejectTwinUserNames(db, { ...at, column: columns.userName, code: key });
}
