import type { Knex } from 'knex';
import * as directory from '../../migrations/20261122000000_directory.ts';
import * as delivery from '../../migrations/20261122000100_delivery.ts';
import * as sandbox from '../../migrations/20261122000200_sandbox.ts';
import * as credentials from '../../migrations/20261122000300_credentials.ts';
import * as extensions from '../../migrations/20261122000400_extensions.ts';
import * as quirks from '../../migrations/20261122000500_quirks.ts';
import * as leanWrites from '../../migrations/20261122000600_lean_writes.ts';
import * as policy from '../../migrations/20261122000700_policy.ts';
import * as guard from '../../migrations/20261122000800_guard.ts';
import * as released from '../../migrations/20261122000900_released.ts';
import * as mapping from '../../migrations/20261122001000_mapping.ts';
import * as invites from '../../migrations/20261122001100_invites.ts';
import * as drift from '../../migrations/20261122001200_drift.ts';
import * as deliveryIndexes from '../../migrations/20261122001300_delivery_indexes.ts';
import * as sideEffects from '../../migrations/20261122001400_side_effects.ts';
import * as undo from '../../migrations/20261122001500_undo.ts';
import * as plans from '../../migrations/20261122001600_plans.ts';
import * as environment from '../../migrations/20261122001700_environment.ts';
import * as rosters from '../../migrations/20261122001800_rosters.ts';
import * as waiting from '../../migrations/20261122001900_waiting.ts';
import * as rosterChanges from '../../migrations/20261122002000_roster_changes.ts';
import * as feeds from '../../migrations/20261122002100_feeds.ts';
import * as notices from '../../migrations/20261122002200_notices.ts';
import * as operators from '../../migrations/20261122002300_operators.ts';
import * as peopleSearch from '../../migrations/20261122002400_people_search.ts';
import * as events from '../../migrations/20261122002500_events.ts';
import * as requestLog from '../../migrations/20261122002600_request_log.ts';
import * as badges from '../../migrations/20261122002700_badges.ts';
import * as invitesRenewed from '../../migrations/20261122002800_invites_renewed.ts';
import * as help from '../../migrations/20261122002900_help.ts';
import * as entitlements from '../../migrations/20261122003000_entitlements.ts';

export type MigrateOptions = {
  /** Splits every tenant table by hash of tenant_id, as a sharded database would: the proof that no key forgot it. */
  partitioned?: boolean;
};
type Migration = { up(db: Knex, options: MigrateOptions): Promise<void> };

/** Static imports: the names do not change with a build and a missing file fails at once, not in production. */
const MIGRATIONS: Record<string, Migration> = {
  '20261122000000_directory': directory,
  '20261122000100_delivery': delivery,
  '20261122000200_sandbox': sandbox,
  '20261122000300_credentials': credentials,
  '20261122000400_extensions': extensions,
  '20261122000500_quirks': quirks,
  '20261122000600_lean_writes': leanWrites,
  '20261122000700_policy': policy,
  '20261122000800_guard': guard,
  '20261122000900_released': released,
  '20261122001000_mapping': mapping,
  '20261122001100_invites': invites,
  '20261122001200_drift': drift,
  '20261122001300_delivery_indexes': deliveryIndexes,
  '20261122001400_side_effects': sideEffects,
  '20261122001500_undo': undo,
  '20261122001600_plans': plans,
  '20261122001700_environment': environment,
  '20261122001800_rosters': rosters,
  '20261122001900_waiting': waiting,
  '20261122002000_roster_changes': rosterChanges,
  '20261122002100_feeds': feeds,
  '20261122002200_notices': notices,
  '20261122002300_operators': operators,
  '20261122002400_people_search': peopleSearch,
  '20261122002500_events': events,
  '20261122002600_request_log': requestLog,
  '20261122002700_badges': badges,
  '20261122002800_invites_renewed': invitesRenewed,
  '20261122002900_help': help,
  '20261122003000_entitlements': entitlements,
};

/** Any constant will do: it only has to be the same in every instance of Gangway. */
const MIGRATION_LOCK = 4_726_192_649;

/**
 * Brings the schema up to date and returns the names of the migrations that ran ([] when there were none).
 * Instances that start together wait for each other: the lock is held by an open transaction, so it also ends when
 * its holder is killed. Needs a direct connection, not pgbouncer in transaction mode.
 */
export async function migrate(db: Knex, options: MigrateOptions = {}): Promise<string[]> {
  return db.transaction(async (lock) => {
    await lock.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    const [, names] = await db.migrate.latest({
      migrationSource: source(options),
      disableMigrationsListValidation: true,
    });
    return names as string[];
  });
}

/** The names of migrations that have not run here yet. */
export async function pendingMigrations(db: Knex): Promise<string[]> {
  const [, pending] = await db.migrate.list({ migrationSource: source({}) });
  return pending.map((migration: { file?: string } | string) =>
    typeof migration === 'string' ? migration : String(migration.file),
  );
}

function source(options: MigrateOptions): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => Object.keys(MIGRATIONS),
    getMigrationName: (name) => name,
    getMigration: async (name) => {
      const migration = MIGRATIONS[name];
      if (!migration) throw new Error(`no migration ${name}`);
      return { up: (db: Knex) => migration.up(db, options), down: rollForwardOnly };
    },
  };
}

async function rollForwardOnly(): Promise<never> {
  throw new Error('migrations only roll forward: restore a backup to go back');
}
