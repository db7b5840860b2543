import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';
import { findTenant } from '../directory/tenants.ts';
import { Fault } from '../errors.ts';
import type { Right } from '../model/principal.ts';
import { record } from '../report/audit.ts';
import { demandFreeName } from './names.ts';
import type { OpenidPerson } from './openid.ts';
import { removeRole, rolesOf, setRole } from './operators.ts';
import { type GroupRole, rolesOfGroups } from './roles-of-groups.ts';

const selectBySubject = statement<{ id: string; name: string }>(
  'openid_find',
  'select id, name from access.operators where issuer = :issuer and subject = :subject',
);

const insertOne = statement<{ id: string; name: string }>(
  'openid_create',
  `insert into access.operators (id, name, email, language, issuer, subject)
   values (:id, :name, :email, :language, :issuer, :subject) on conflict do nothing returning id, name`,
);

/**
 * The operator behind somebody whom the issuer has proved, with the roles that their groups give today; null when the groups
 * give none: then what they had is taken away. Throws `already_exists` when their name is another operator's: a local account
 * is never taken over by a name.
 */
export async function operatorOfOpenid(
  db: Knex,
  person: OpenidPerson,
  mapping: readonly GroupRole[],
  language: 'en' | 'de',
): Promise<string | null> {
  return inTransaction(db, async (trx) => {
    const wanted = await tenantRoles(trx, rolesOfGroups(person.groups, mapping));
    const { issuer, subject } = person;
    const known = (await selectBySubject(trx, { issuer, subject }))[0];
    if (!known && wanted.size === 0) return null;
    const operator = known ?? (await create(trx, person, [...wanted.keys()], language));
    await setRoles(trx, operator, wanted);
    return wanted.size === 0 ? null : operator.id;
  });
}

async function tenantRoles(trx: Knex, named: Map<string, Right[]>): Promise<Map<string, Right[]>> {
  const roles = new Map<string, Right[]>();
  for (const [tenant, rights] of named) {
    const tenantId = await findTenant(trx, tenant);
    if (tenantId !== null) roles.set(tenantId, [...new Set([...(roles.get(tenantId) ?? []), ...rights])]);
  }
  return roles;
}

async function create(trx: Knex, person: OpenidPerson, tenantIds: string[], language: 'en' | 'de') {
  const { issuer, subject, email, name } = person;
  await demandFreeName(trx, tenantIds, name);
  const [made] = await insertOne(trx, { id: uuidv7(), name, email, language, issuer, subject });
  if (!made) throw new Fault('already_exists', `there is an operator "${name}" already`);
  return made;
}

async function setRoles(trx: Knex, { id, name }: { id: string; name: string }, wanted: Map<string, Right[]>) {
  const had = new Map((await rolesOf(trx, id)).map(({ tenantId, rights }) => [tenantId, rights]));
  for (const [tenantId, after] of wanted) {
    const before = had.get(tenantId) ?? [];
    if (before.toSorted().join() === after.toSorted().join()) continue;
    await setRole(trx, tenantId, id, after);
    const detail = { before, after, by: 'openid' };
    await record(trx, { tenantId, action: 'operator.role', subject: id, detail, actor: name });
  }
  for (const [tenantId, before] of had) {
    if (wanted.has(tenantId)) continue;
    await removeRole(trx, tenantId, id);
    const detail = { before, after: [], by: 'openid' };
    await record(trx, { tenantId, action: 'operator.role', subject: id, detail, actor: name });
  }
}
