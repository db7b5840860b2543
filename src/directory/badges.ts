import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';

/** What a target's badges are signed and shown by. */
export type BadgeTarget = {
  readonly name: string;
  /** Of the key that they are signed with: another one with each key that is made. */
  readonly edition: number;
  readonly settings: Readonly<Record<string, unknown>>;
};

const selectTarget = statement<BadgeTarget>(
  'badges_target',
  `select name, badge_edition as edition, settings from targets where tenant_id = :tenantId and id = :targetId`,
);

const raise = statement<BadgeTarget>(
  'badges_raise',
  `update targets set badge_edition = badge_edition + 1 where tenant_id = :tenantId and id = :targetId
   returning name, badge_edition as edition, settings`,
);

/** The target of a badge, or null. */
export async function findBadgeTarget(
  db: Knex,
  at: { tenantId: string; targetId: string },
): Promise<BadgeTarget | null> {
  const [found] = await selectTarget(db, at);
  return found ?? null;
}

/** Has the badges of a target signed with another key from now on. Throws `not_found`. */
export async function raiseEdition(trx: Knex, at: { tenantId: string; targetId: string }): Promise<BadgeTarget> {
  const [raised] = await raise(trx, at);
  if (!raised) throw new Fault('not_found', `no target ${at.targetId}`);
  return raised;
}
