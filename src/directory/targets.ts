import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { Environment } from '../model/environment.ts';
import type { Target } from '../model/target.ts';

const COLUMNS = `tenant_id as "tenantId", id, name, kind, environment, settings`;
export type TargetRow = Target & { secrets: Buffer | null };

const insertTarget = statement<Target>(
  'targets_create',
  `insert into targets (tenant_id, id, name, kind, environment, settings, secrets)
   values (:tenantId, :id, :name, :kind, :environment, :settings, :secrets)
   on conflict (tenant_id, name) do nothing returning ${COLUMNS}`,
);

const selectTarget = statement<TargetRow>(
  'targets_get',
  `select ${COLUMNS}, secrets from targets where tenant_id = :tenantId and id = :id`,
);

const selectTargets = statement<Target>(
  'targets_list',
  `select ${COLUMNS} from targets where tenant_id = :tenantId order by id`,
);

/** Stores a target, a live one where nothing is said; `secrets` come encrypted. Throws `already_exists` when the name is taken. */
export async function createTarget(
  db: Knex,
  tenantId: string,
  target: {
    name: string;
    kind: string;
    environment?: Environment;
    settings: Record<string, unknown>;
    secrets: Buffer | null;
  },
): Promise<Target> {
  const { name, kind, environment = 'live', secrets } = target;
  const settings = JSON.stringify(target.settings);
  const [row] = await insertTarget(db, { tenantId, id: uuidv7(), name, kind, environment, settings, secrets });
  if (!row) throw new Fault('already_exists', `a target named "${name}" exists already`);
  return row;
}

/** One target with its encrypted secrets; throws `not_found`. */
export async function readTarget(db: Knex, tenantId: string, id: string): Promise<TargetRow> {
  const [row] = await selectTarget(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no target ${id}`);
  return row;
}

/** All targets of a tenant, without their secrets. */
export async function listTargets(db: Knex, tenantId: string): Promise<Target[]> {
  return selectTargets(db, { tenantId });
}
