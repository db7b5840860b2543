import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { markSql } from '../work/mark.ts';
import { uuidArray } from './groups.ts';
import type { Scope } from './stored.ts';

// the time tells an undo since when something was done because of it
const updateAbsence = (change: string, was: string, lane: 0 | 1) => `with written as (
     update people t set absent_at = ${change}, version = t.version + 1, modified_at = date_trunc('milliseconds', now())
      where t.tenant_id = :tenantId and t.connection_id = :connectionId and t.id = any(:ids::uuid[])
        and t.deleted_at is null and t.absent_at ${was}
     returning t.tenant_id, t.connection_id, t.id as subject_id, ${lane}::smallint as lane),
   marked as (${markSql('written', { runId: ':runId::uuid' })})
   select subject_id as id from written`;

const setAbsent = statement<{ id: string }>('people_absent', updateAbsence('now()', 'is null', 0));
const setPresent = statement<{ id: string }>('people_present', updateAbsence('null', 'is not null', 1));

/** Keeps that these people are missing from a full roster, and marks those who were not missing before. */
export async function markAbsent(db: Knex, scope: Scope, ids: readonly string[], runId: string): Promise<void> {
  if (ids.length > 0) await setAbsent(db, { ...scope, ids: uuidArray(ids), runId });
}

/** Keeps that these people are there again, and marks those who were missing. */
export async function markPresent(db: Knex, scope: Scope, ids: readonly string[], runId: string): Promise<void> {
  if (ids.length > 0) await setPresent(db, { ...scope, ids: uuidArray(ids), runId });
}
