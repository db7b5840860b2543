import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { Right, TechnicalUser } from '../model/principal.ts';
import { demandFreeName } from './names.ts';

export type NewTechnicalUser = {
  name: string;
  email?: string | undefined;
  rights: readonly Right[];
  connectionId?: string | undefined;
  targetId?: string | undefined;
};

const COLUMNS = 'id, name, email, rights, connection_id as "connectionId", target_id as "targetId"';

const insertUser = statement<TechnicalUser>(
  'technical_users_create',
  `insert into technical_users (tenant_id, id, name, email, rights, connection_id, target_id)
   values (:tenantId, :id, :name, :email, :rights, :connectionId, :targetId)
   on conflict (tenant_id, lower(name)) where revoked_at is null do nothing returning ${COLUMNS}`,
);

const selectUsers = statement<TechnicalUser>(
  'technical_users_list',
  `select ${COLUMNS} from technical_users where tenant_id = :tenantId and revoked_at is null order by id`,
);

const lockUser = statement<TechnicalUser>(
  'technical_users_lock',
  `select ${COLUMNS} from technical_users where tenant_id = :tenantId and id = :id and revoked_at is null for update`,
);

const revokeUser = statement<{ id: string }>(
  'technical_users_revoke',
  `update technical_users set revoked_at = now()
    where tenant_id = :tenantId and id = :id and revoked_at is null returning id`,
);

/** Makes a technical user, without a key yet. Throws `already_exists`. */
export async function createTechnicalUser(trx: Knex, tenantId: string, user: NewTechnicalUser): Promise<TechnicalUser> {
  const { name, email = null, rights, connectionId = null, targetId = null } = user;
  await demandFreeName(trx, [tenantId], name);
  const [made] = await insertUser(trx, { tenantId, id: uuidv7(), name, email, rights, connectionId, targetId });
  if (!made) throw new Fault('already_exists', `a technical user named "${name}" exists already`);
  return made;
}

/** The technical users of a tenant, the oldest first. */
export async function listTechnicalUsers(db: Knex, tenantId: string): Promise<TechnicalUser[]> {
  return selectUsers(db, { tenantId });
}

/** One of them, held until the transaction ends. Throws `not_found`. */
export async function lockTechnicalUser(trx: Knex, tenantId: string, id: string): Promise<TechnicalUser> {
  const [user] = await lockUser(trx, { tenantId, id });
  if (!user) throw new Fault('not_found', `no technical user ${id}`);
  return user;
}

/** Ends a technical user, and with it every key of theirs. Throws `not_found`. */
export async function revokeTechnicalUser(trx: Knex, tenantId: string, id: string): Promise<void> {
  const revoked = await revokeUser(trx, { tenantId, id });
  if (revoked.length === 0) throw new Fault('not_found', `no technical user ${id}`);
}
