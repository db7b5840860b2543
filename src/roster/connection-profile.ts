import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import { parseProfile, type RosterProfile, type RosterProfileInput } from './profile.ts';

const selectProfile = statement<{ profile: RosterProfileInput | null }>(
  'roster_profile_read',
  `select roster_profile as profile from connections where tenant_id = :tenantId and id = :id`,
);

const updateProfile = statement<{ id: string }>(
  'roster_profile_save',
  `update connections set roster_profile = :profile where tenant_id = :tenantId and id = :id returning id`,
);

/** What a connection's profile says, without what is left out; throws `not_found`. */
export async function readProfile(db: Knex, tenantId: string, id: string): Promise<RosterProfileInput> {
  const [row] = await selectProfile(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  return row.profile ?? {};
}

/** How a connection's rosters are read, with everything that was left out. */
export async function effectiveProfile(
  db: Knex,
  tenantId: string,
  id: string,
  extensions: readonly ExtensionSchema[],
): Promise<RosterProfile> {
  return parseProfile(await readProfile(db, tenantId, id), extensions);
}

/** Replaces a connection's profile; throws `not_found`. */
export async function saveProfile(db: Knex, tenantId: string, id: string, profile: RosterProfileInput): Promise<void> {
  const [row] = await updateProfile(db, { tenantId, id, profile: JSON.stringify(profile) });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
}
