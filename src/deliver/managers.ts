import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { onItsOwn } from '../database/transaction.ts';
import { isUuid } from '../database/uuid.ts';
import { emailOf } from '../model/email.ts';
import type { Link } from '../model/link.ts';
import type { ManagerFacts } from '../model/mapping.ts';
import type { Person, Resource } from '../model/person.ts';
import { attributeOf, ENTERPRISE } from '../plan/desired.ts';
import { asksForManager } from '../plan/manager-facts.ts';
import type { CompiledMapping } from '../plan/mapping-compile.ts';
import type { WorkItem } from '../work/claim.ts';
import { markSql } from '../work/mark.ts';

/*
 * What reports are told of their manager is looked up when a report is planned. When it changes, the reports must be
 * looked at again: each manager's row of manager_facts says what they were last looked at with.
 */

export type AtTarget = { readonly tenantId: string; readonly connectionId: string; readonly targetId: string };

const LIVING = 'm.tenant_id = :tenantId and m.connection_id = :connectionId and m.deleted_at is null';

// a manager is named by id, as the protocol says; clients also send what they know somebody by themselves
const selectManagers = statement<{ named: string; resource: Resource; account: string | null }>(
  'managers_named',
  `select n.named, p.document as resource, l.remote_id as account
     from json_to_recordset(:named::json) as n (named text, id uuid, folded text)
    cross join lateral (
      select m.id, m.document, 1 as rank from people m where ${LIVING} and m.id = n.id
      union all
      select m.id, m.document, 2 from people m where ${LIVING} and m.external_id = n.named
      union all
      select m.id, m.document, 3 from people m where ${LIVING} and m.user_name_key = n.folded
      order by 3, 1 limit 1) p
     left join links l on l.tenant_id = :tenantId and l.target_id = :targetId and l.person_id = p.id`,
);

// a worker that lost its lease may have read what is old: it says nothing
const tellReports = statement<never>(
  'managers_tell',
  `with told as (
     insert into manager_facts as f (tenant_id, target_id, person_id, facts)
     select :tenantId, :targetId, :personId, :facts
      where exists (select 1 from work_item where tenant_id = :tenantId and target_id = :targetId and kind = :workKind
                       and subject_id = :personId and lease_token = :lease)
     on conflict (tenant_id, target_id, person_id) do update set facts = excluded.facts where f.facts <> excluded.facts
     returning f.tenant_id),
   written as (
     select m.tenant_id, m.connection_id, m.id as subject_id, 1::smallint as lane from told t join people m
         on m.tenant_id = t.tenant_id
      where ${LIVING} and (m.search @> :byId::jsonb or m.search @> :byExternalId::jsonb or m.search @> :byUserName::jsonb))
   ${markSql('written')}`,
);

/** True when planning for a target needs to know people's managers. */
export function needsManagers(mapping: CompiledMapping | null, attributes: readonly string[]): boolean {
  return mapping?.readsManager === true || asksForManager(attributes);
}

/** The same people, each with what is known of their manager, where planning needs it. */
export async function withManagers<P extends Person>(
  db: Knex,
  at: AtTarget,
  needed: boolean,
  people: readonly P[],
): Promise<readonly P[]> {
  if (!needed) return people;
  const names = people.map(({ resource }) => attributeOf(resource, 'manager'));
  const known = await managersNamed(db, at, [...new Set(names.filter((name) => name !== null))]);
  return people.map((person, index) => ({ ...person, manager: known.get(names[index] ?? '') ?? null }));
}

async function managersNamed(db: Knex, at: AtTarget, names: readonly string[]): Promise<Map<string, ManagerFacts>> {
  if (names.length === 0) return new Map();
  const named = names.map((name) => ({ named: name, id: isUuid(name) ? name : null, folded: fold(name) }));
  const rows = await selectManagers(db, { ...at, named: JSON.stringify(named) });
  return new Map(rows.map(({ named: name, resource, account }) => [name, factsOf(resource, account)]));
}

function factsOf(resource: Resource, account: string | null): ManagerFacts {
  return { email: emailOf(resource), name: attributeOf(resource, 'displayName'), account };
}

/**
 * Marks those whose manager a person is, if what they are told has changed since they were last marked. Level-triggered:
 * a look that was cut off is made up for by the next one.
 */
export async function tellWhoReports(
  db: Knex,
  at: AtTarget,
  person: Person,
  link: Link | null,
  { kind, lease }: WorkItem,
): Promise<void> {
  const { externalId, userName } = person.resource;
  const gone = person.status === 'deleted';
  // the names count as well: by them reports may have named somebody whom nobody knew yet
  const facts = gone ? null : [factsOf(person.resource, link?.remoteId ?? null), externalId, userName];
  const byId = reportsOf(person.id);
  const bindings = {
    ...at,
    personId: person.id,
    facts: createHash('sha256').update(JSON.stringify(facts)).digest('base64url'),
    byId,
    byExternalId: typeof externalId === 'string' && externalId ? reportsOf(externalId) : byId,
    byUserName: typeof userName === 'string' ? reportsOf(userName) : byId,
    workKind: kind,
    lease,
  };
  await onItsOwn(db, () => tellReports(db, bindings));
}

/** What the search document of somebody with this manager contains: strings are folded there. */
function reportsOf(manager: string): string {
  return JSON.stringify({ [ENTERPRISE]: { manager: { value: fold(manager) } } });
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
