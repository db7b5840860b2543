import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { GROUP_NAMES_OF } from '../directory/nesting.ts';
import { PERSON_STATUS } from '../directory/person.ts';
import type { Action } from '../model/action.ts';
import type { Restore } from '../model/decision.ts';
import type { Person } from '../model/person.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import { type Ended, restoreOf } from '../plan/undo.ts';
import { saidOf } from './said.ts';

/** What is undone: everything done for a connection's people from a moment on, or some of it. */
export type UndoScope = {
  readonly tenantId: string;
  readonly connectionId: string;
  /** Actions from here on; by a person's last change at the source where it is null. */
  readonly since: Date | null;
  readonly personId?: string;
  readonly targetId?: string;
  readonly runId?: string;
};

/** One person at one target: what was done, and what undoing it would bring back. */
export type UndoItem = {
  readonly personId: string;
  readonly userName: string;
  readonly targetId: string;
  readonly done: readonly Action[];
  /** What the source says now: the restored state holds until that changes. */
  readonly said: string;
  readonly restore: Restore | null;
  /** Why it cannot be undone. */
  readonly problem: string | null;
};

type Row = Pick<Person, 'status' | 'resource' | 'groups'> & {
  personId: string;
  userName: string;
  targetId: string;
  before: Snapshot;
  /** Null when nothing has come of it yet. */
  done: Action[] | null;
  ended: Ended | null;
};

// by person and target: the state before the first action, and all that was done from then on
const selectDone = statement<Row>(
  'undo_page',
  `with first as (
     select distinct on (a.person_id, a.target_id) a.person_id, a.target_id, a.id, a.before
       from actions a join people q on q.tenant_id = a.tenant_id and q.id = a.person_id
      where a.tenant_id = :tenantId and a.connection_id = :connectionId and a.before is not null
        and a.created_at >= coalesce(:since::timestamptz, q.deleted_at, q.modified_at)
        and (:personId::uuid is null or a.person_id = :personId) and (:targetId::uuid is null or a.target_id = :targetId)
        and (:runId::uuid is null or a.run_id = :runId) and (a.person_id, a.target_id) > (:afterPerson, :afterTarget)
      order by a.person_id, a.target_id, a.id limit :limit)
   select p.id as "personId", p.user_name as "userName", f.target_id as "targetId", f.before, p.document as resource,
          ${PERSON_STATUS} as status,
          ${GROUP_NAMES_OF} as groups, d.done, d.ended
     from first f join people p on p.tenant_id = :tenantId and p.id = f.person_id
    cross join lateral (
      select json_agg(a.detail order by a.id) as done,
             max(a.kind) filter (where a.kind in ('erase', 'anonymise')) as ended
        from actions a where a.tenant_id = :tenantId and a.person_id = f.person_id and a.target_id = f.target_id
         and a.id >= f.id and a.state = 'done') d
    order by f.person_id, f.target_id`,
);

const FIRST = '00000000-0000-0000-0000-000000000000';
const PAGE = 500;

/** All that the scope covers, a page at a time. Changes nothing. */
export async function* undoItems(db: Knex, scope: UndoScope): AsyncGenerator<UndoItem[]> {
  const { since, personId = null, targetId = null, runId = null } = scope;
  let [afterPerson, afterTarget] = [FIRST, FIRST];
  for (;;) {
    const rows = await selectDone(db, {
      ...scope,
      since,
      personId,
      targetId,
      runId,
      afterPerson,
      afterTarget,
      limit: PAGE,
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows.flatMap(itemOf);
    [afterPerson, afterTarget] = [last.personId, last.targetId];
  }
}

function itemOf({ personId, userName, targetId, before, done, ended, ...person }: Row): UndoItem[] {
  if (done === null) return [];
  const said = saidOf({ id: personId, ...person });
  return [{ personId, userName, targetId, done, said, ...restoreOf(before, ended) }];
}
