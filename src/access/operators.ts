import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { Operator, Principal, Right } from '../model/principal.ts';
import { record } from '../report/audit.ts';
import { demandFreeName } from './names.ts';

export type NewOperator = { name: string; email?: string | undefined; language?: 'en' | 'de' | undefined };
export type OperatorRole = Operator & { rights: Right[] };

const COLUMNS = `o.id, o.name, o.email, o.language,
          case when o.issuer is not null then 'openid' when o.password is not null then 'password' else 'link' end
            as "signIn"`;

const insertOperator = statement<Operator>(
  'operators_create',
  `insert into access.operators as o (id, name, email, language) values (:id, :name, :email, :language)
   on conflict (lower(name)) do nothing returning ${COLUMNS}`,
);

const selectOperator = statement<Operator>(
  'operators_find',
  `select ${COLUMNS} from access.operators o where lower(o.name) = lower(:named) or o.id::text = :named`,
);

const selectOperators = statement<OperatorRole>(
  'operators_list',
  `select ${COLUMNS}, r.rights from operator_roles r join access.operators o on o.id = r.operator_id
    where r.tenant_id = :tenantId order by lower(o.name)`,
);

const updateLanguage = statement<Operator>(
  'operators_set_language',
  `update access.operators o set language = :language where o.id = :id returning ${COLUMNS}`,
);

// by operator over all tenants: who signs in does not say where
const selectRoles = statement<{ tenantId: string; rights: Right[] }>(
  'operators_roles',
  `select tenant_id as "tenantId", rights from operator_roles where operator_id = :id order by tenant_id`,
);

const upsertRole = statement<{ operatorId: string }>(
  'operators_set_role',
  `insert into operator_roles (tenant_id, operator_id, rights) values (:tenantId, :id, :rights)
   on conflict (tenant_id, operator_id) do update set rights = excluded.rights returning operator_id as "operatorId"`,
);

const deleteRole = statement<{ rights: Right[] }>(
  'operators_remove_role',
  'delete from operator_roles where tenant_id = :tenantId and operator_id = :id returning rights',
);

const lockOwners = statement<{ operatorId: string }>(
  'operators_owners',
  `select operator_id as "operatorId" from operator_roles where tenant_id = :tenantId and 'owner' = any(rights)
    order by operator_id for update`,
);

const deleteWithoutRole = statement<{ id: string }>(
  'operators_delete',
  `delete from access.operators where id = :id
      and not exists (select 1 from operator_roles where operator_id = :id) returning id`,
);

/** Makes an operator for these tenants, without a role yet. Throws `already_exists`. */
export async function createOperator(
  trx: Knex,
  tenantIds: readonly string[],
  { name, email, language = 'en' }: NewOperator,
): Promise<Operator> {
  await demandFreeName(trx, tenantIds, name);
  const [made] = await insertOperator(trx, { id: uuidv7(), name, email: email ?? null, language });
  if (!made) throw new Fault('already_exists', `there is an operator "${name}" already`);
  return made;
}

/** The operator with this name or id, in whatever tenants; null when there is none. */
export async function findOperator(db: Knex, named: string): Promise<Operator | null> {
  return (await selectOperator(db, { named }))[0] ?? null;
}

/** The operators with a role in this tenant. */
export async function listOperators(db: Knex, tenantId: string): Promise<OperatorRole[]> {
  return selectOperators(db, { tenantId });
}

/** One of them, by name or id. Throws `not_found`, for one of another tenant too. */
export async function readOperator(db: Knex, tenantId: string, named: string): Promise<OperatorRole> {
  const text = named.toLowerCase();
  const found = (await listOperators(db, tenantId)).find(({ id, name }) => id === text || name.toLowerCase() === text);
  if (!found) throw new Fault('not_found', `no operator "${named.slice(0, 100)}" in this tenant`);
  return found;
}

/** Sets the language of an operator's pages and mails, and notes it in the audit of each tenant of theirs. */
export async function setLanguage(trx: Knex, id: string, language: Operator['language']): Promise<Operator> {
  const [operator] = await updateLanguage(trx, { id, language });
  if (!operator) throw new Fault('not_found', `no operator ${id}`);
  for (const { tenantId } of await rolesOf(trx, id)) {
    const entry = { tenantId, action: 'operator.language', subject: id, detail: { language } };
    await record(trx, { ...entry, actor: operator.name });
  }
  return operator;
}

/** All roles of an operator. */
export async function rolesOf(db: Knex, id: string): Promise<{ tenantId: string; rights: Right[] }[]> {
  return selectRoles(db, { id });
}

/** Sets what an operator may do in a tenant. */
export async function setRole(trx: Knex, tenantId: string, id: string, rights: readonly Right[]): Promise<void> {
  await upsertRole(trx, { tenantId, id, rights });
}

/** Takes an operator's role in a tenant away, and forgets who has none left. Their sessions end with the next request. */
export async function removeRole(trx: Knex, tenantId: string, id: string): Promise<void> {
  await deleteRole(trx, { tenantId, id });
  await deleteWithoutRole(trx, { id });
}

/** Throws `not_permitted` for a change that would leave the tenant without an owner, so that nobody could mend it. */
export async function demandOtherOwner(trx: Knex, tenantId: string, id: string): Promise<void> {
  const owners = (await lockOwners(trx, { tenantId })).map(({ operatorId }) => operatorId);
  if (owners.includes(id) && owners.length === 1) {
    throw new Fault('not_permitted', 'this is the last owner of the tenant: make somebody else an owner first');
  }
}

/** The operator behind a session as they are now; null for one who is gone or has no role any more. */
export async function principalOfOperator(db: Knex, id: string, signedInAt: number): Promise<Principal | null> {
  const [operator, roles] = await Promise.all([findOperator(db, id), rolesOf(db, id)]);
  if (!operator || roles.length === 0) return null;
  const byTenant = new Map(roles.map(({ tenantId, rights }) => [tenantId, rights]));
  return { kind: 'operator', id, name: operator.name, roles: byTenant, signedInAt };
}
