import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction, onItsOwn } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { EventKind } from '../model/event.ts';
import { markSql } from '../work/mark.ts';
import { tellPeopleSql } from '../work/tell.ts';
import { GROUPS_OF } from './nesting.ts';
import {
  fold,
  type PersonColumns,
  type Replaced,
  type Scope,
  type Stored,
  TIMES,
  UNWRITTEN_OUTCOME,
} from './stored.ts';

const COLUMNS = `t.id, t.version, t.document::text as document, ${TIMES}`;
const SCOPE = 't.tenant_id = :tenantId and t.connection_id = :connectionId and t.deleted_at is null';
const UNIQUE_NAME = '(tenant_id, connection_id, user_name_key) where deleted_at is null';
const NOW = `date_trunc('milliseconds', now())`;

/** What a write returns: the caller has the document, and carrying it through the statement costs a fifth of the write. */
const KEY_AND_TIMES = 't.tenant_id, t.connection_id, t.id, t.version, t.active, t.created_at, t.modified_at';

// somebody who comes back under the same id is no new resource
const TOLD_CREATED = `changes as (
     select w.tenant_id, w.connection_id, w.id as subject_id, w.version as revision,
            case when w.version = 1 then 'person.create' else 'person.put' end as type,
            case when w.version > 1 then true end as active, :told::jsonb as detail
       from written w),
   told as (${tellPeopleSql('changes')})`;

const insertPerson = statement<Omit<Stored, 'document' | 'related'>>(
  'people_create',
  `with written as (
     insert into people as t (tenant_id, connection_id, id, user_name, user_name_key, external_id, email_key,
                              display_name_key, active, document, search, created_at, modified_at)
     values (:tenantId, :connectionId, :id, :userName, :userNameKey, :externalId, :emailKey, :displayNameKey, :active,
             :document, :search, ${NOW}, ${NOW})
     on conflict ${UNIQUE_NAME} do update set
       version = t.version + 1, external_id = excluded.external_id, email_key = excluded.email_key,
       display_name_key = excluded.display_name_key, user_name = excluded.user_name, active = true,
       document = excluded.document, search = excluded.search, modified_at = excluded.modified_at
      where :rehire and excluded.active and not t.active
     returning ${KEY_AND_TIMES}),
   subjects as (select tenant_id, connection_id, id as subject_id, (case when version = 1 then 2 else 1 end)::smallint as lane
                  from written),
   marked as (${markSql('subjects')}),
   ${TOLD_CREATED}
   select id, version, ${TIMES} from written t`,
);

const selectPerson = statement<Stored>(
  'people_get',
  `select ${COLUMNS}, ${GROUPS_OF} as related from people t where ${SCOPE} and t.id = :id`,
);

const selectPersonAlone = statement<Stored>(
  'people_get_alone',
  `select ${COLUMNS}, null::text as related from people t where ${SCOPE} and t.id = :id`,
);

const lockPerson = statement<{ id: string }>(
  'people_lock',
  `select t.id from people t where ${SCOPE} and t.id = :id for update`,
);

// groups before their members, as whoever adds a member locks them: in the other order the two would deadlock
const lockGroupsOf = statement<{ id: string }>(
  'people_lock_groups',
  `select g.id from groups g
    where g.tenant_id = :tenantId and g.connection_id = :connectionId
      and g.id in (select m.group_id from memberships m where m.tenant_id = :tenantId and m.member_id = :id)
    order by g.id for no key update`,
);

// `f` is the person as this statement found them. Where somebody was faster than that, whoever is told learns how it is now
const toldReplaced = (type: EventKind) => `changes as (
     select w.tenant_id, w.connection_id, w.id as subject_id, w.version as revision, '${type}' as type,
            case when f.version = w.version - 1 and f.active = w.active then null else w.active end as active,
            :told::jsonb as detail
       from written w join people f on f.tenant_id = w.tenant_id and f.id = w.id),
   told as (${tellPeopleSql('changes')})`;

const replaceSql = (related: string, type: EventKind) => `with written as (
     update people t
        set version = t.version + 1, user_name = :userName, user_name_key = :userNameKey, external_id = :externalId,
            email_key = :emailKey, display_name_key = :displayNameKey, active = :active, document = :document,
            search = :search, modified_at = ${NOW}
      where ${SCOPE} and t.id = :id and t.version = coalesce(:version, t.version) and t.document::text <> :document
     returning ${KEY_AND_TIMES}),
   subjects as (select tenant_id, connection_id, id as subject_id, (case when active then 1 else 0 end)::smallint as lane
                  from written),
   marked as (${markSql('subjects')}),
   ${toldReplaced(type)}
   select 'written' as outcome, t.id, t.version, ${TIMES}, ${related} as related from written t`;

const selectUnwritten = statement<Replaced>(
  'people_unwritten',
  `select ${UNWRITTEN_OUTCOME}, ${COLUMNS}, ${GROUPS_OF} as related from people t where ${SCOPE} and t.id = :id`,
);

type Written = Omit<Replaced, 'document'>;
const updatePerson = statement<Written>('people_replace', replaceSql(GROUPS_OF, 'person.put'));
const updatePersonAlone = statement<Written>('people_replace_alone', replaceSql('null::text', 'person.patch'));

const bury = statement<{ id: string }>(
  'people_delete',
  `with written as (
     update people t set deleted_at = now(), version = t.version + 1
      where ${SCOPE} and t.id = :id and t.version = coalesce(:version, t.version)
     returning t.tenant_id, t.connection_id, t.id as subject_id, 0::smallint as lane, t.version as revision,
               'person.delete' as type, null::boolean as active, '{}'::jsonb as detail),
   left_groups as (
     delete from memberships m using written w where m.tenant_id = w.tenant_id and m.member_id = w.subject_id
     returning m.tenant_id, m.group_id),
   touched as (
     update groups g set version = g.version + 1, modified_at = ${NOW}
       from left_groups l where g.tenant_id = l.tenant_id and g.id = l.group_id),
   marked as (${markSql('written')}),
   told as (${tellPeopleSql('written')})
   select subject_id as id from written`,
);

/** How often a write that asks for no version starts again behind an equal one. */
const TWINS = 5;

export type CreateOptions = {
  /** A POST for somebody who is there but inactive is a rehire instead of a conflict (CLIENTS: never 409 for ever). */
  rehire: boolean;
};

/**
 * Stores a new person and marks the work in one statement. Throws `already_exists` when the userName (compared without
 * letter case) is taken in this connection.
 */
export async function createPerson(
  db: Knex,
  scope: Scope,
  columns: PersonColumns,
  options: CreateOptions,
): Promise<Stored> {
  const bindings = { ...scope, ...derived(columns), id: uuidv7(), rehire: options.rehire };
  const [created] = await onItsOwn(db, () => insertPerson(db, bindings));
  if (!created) throw userNameTaken(columns.userName);
  if (created.version > 1) return whole(await findPerson(db, scope, created.id)); // somebody may have put them into groups
  return { ...created, document: columns.document, related: null };
}

/** The person with this id, or null. */
export async function findPerson(db: Knex, scope: Scope, id: string): Promise<Stored | null> {
  const [row] = await selectPerson(db, { ...scope, id });
  return row ?? null;
}

/** The person with this id without their groups, or null. */
export async function findPersonAlone(db: Knex, scope: Scope, id: string): Promise<Stored | null> {
  const [row] = await selectPersonAlone(db, { ...scope, id });
  return row ?? null;
}

/** The person with this id without their groups, whom nobody else can change until the transaction ends; or null. */
export async function findPersonLocked(trx: Knex.Transaction, scope: Scope, id: string): Promise<Stored | null> {
  await lockPerson(trx, { ...scope, id });
  return findPersonAlone(trx, scope, id); // a statement of its own, which sees what was written while this one waited
}

/**
 * Writes a new version and marks the work. `version` is the one that the caller has read, or null to write over any.
 * Null when there is no such person; throws `already_exists` when the new userName is taken. Only a PUT is answered with
 * the person's groups.
 */
export async function replacePerson(
  db: Knex,
  scope: Scope,
  id: string,
  version: number | null,
  columns: PersonColumns,
  verb: 'put' | 'patch' = 'put',
): Promise<Replaced | null> {
  const update = verb === 'put' ? updatePerson : updatePersonAlone;
  const bindings = { ...scope, ...derived(columns), id, version };
  for (let attempt = 1; ; attempt += 1) {
    const [row] = await onItsOwn(db, () => update(db, bindings)).catch((error: unknown) => {
      if ((error as { code?: string }).code === '23505') throw userNameTaken(columns.userName, error);
      throw error;
    });
    if (row) return { ...row, document: columns.document };
    const [unwritten] = await selectUnwritten(db, bindings);
    // over any version there is no conflict, only a twin of this write that was faster: look again
    if (unwritten?.outcome !== 'conflict' || version !== null || attempt === TWINS) return unwritten ?? null;
  }
}

/**
 * Hides a person from SCIM, keeps the tombstone that the account's suspension and a rehire need, and frees the name.
 * False when there is no such person, or not at that version (null: any).
 */
export async function deletePerson(db: Knex, scope: Scope, id: string, version: number | null): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    await lockGroupsOf(trx, { ...scope, id });
    await lockPerson(trx, { ...scope, id }); // a group that adds them right now is waited for, so that it is left too
    return (await bury(trx, { ...scope, id, version })).length === 1;
  });
}

function derived(columns: PersonColumns) {
  const { userName, externalId, active, document, search, attributes = [] } = columns;
  return {
    userName,
    externalId,
    active,
    document,
    search,
    userNameKey: fold(userName),
    emailKey: columns.email === null ? null : fold(columns.email),
    displayNameKey: columns.displayName === null ? null : fold(columns.displayName),
    told: JSON.stringify({ attributes }),
  };
}

function whole(stored: Stored | null): Stored {
  if (!stored) throw new Fault('not_found', 'the person has been deleted meanwhile');
  return stored;
}

function userNameTaken(userName: string, cause?: unknown): Fault {
  return new Fault('already_exists', `a user with userName "${userName}" exists already`, { cause });
}
