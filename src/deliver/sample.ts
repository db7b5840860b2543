import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { markSql } from '../work/mark.ts';
import type { AtTarget } from './losses.ts';

const FIRST = '00000000-0000-0000-0000-000000000000';
const SAMPLE = 500;

const markSome = statement<{ people: number; last: string | null; links: number }>(
  'sample_mark',
  `with written as (
     select l.tenant_id, l.connection_id, l.person_id as subject_id, 2::smallint as lane from links l
      where l.tenant_id = :tenantId and l.target_id = :targetId and l.connection_id = :connectionId
        and l.remote_id is not null and l.state <> 'erased' and l.settled_at is not null and l.person_id > :after
      order by l.person_id limit :limit),
   marked as (${markSql('written', { which: 'ct.target_id = :targetId::uuid', runId: ':runId::uuid' })} returning 1)
   select (select count(*)::int from written) as people,
          (select subject_id from written order by subject_id desc limit 1) as last,
          (select count(*)::int from links where tenant_id = :tenantId and target_id = :targetId
              and connection_id = :connectionId and remote_id is not null and state <> 'erased') as links,
          (select count(*)::int from marked) as due`,
);

/**
 * Where a target cannot list its accounts: marks the next some hundred linked people, in turn, so that everybody is looked
 * at again after some runs. `after` is where the last run stopped.
 */
export async function lookAtSome(db: Knex, at: AtTarget & { runId: string }, after: string | null): Promise<object> {
  const [row] = await markSome(db, { ...at, after: after ?? FIRST, limit: SAMPLE });
  const { people = 0, last = null, links = 0 } = row ?? {};
  const more = people === SAMPLE && last !== null ? { after: last } : {};
  return { basis: 'sample', links, marked: people, ...more };
}
