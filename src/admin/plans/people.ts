import type { Knex } from 'knex';
import { z } from 'zod';
import { findLink } from '../../deliver/links.ts';
import { follow, restore } from '../../deliver/restore.ts';
import { saidOf } from '../../deliver/said.ts';
import { readPerson } from '../../directory/person.ts';
import { Fault } from '../../errors.ts';
import { record } from '../../report/audit.ts';
import { type Summary, summaryOf } from '../../report/summary.ts';
import { inviteByHand } from '../decide.ts';
import { planKind } from './kind.ts';

const people = z.array(z.uuid()).min(1).max(1000);

/** Invites people who wait for it (S59). */
export const invitePlan = planKind({
  schema: z.strictObject({ kind: z.literal('invite'), people }),
  look: async ({ db }, { tenantId, change }, each) => {
    for (const id of change.people) {
      const { userName, links } = await knownPerson(db, tenantId, id);
      const has = links.some(({ state }) => state !== 'erased');
      const line = { personId: id, userName, targetId: '', before: has ? 'has an account' : 'no account' };
      each({ ...line, after: 'invited where there is no account' }, 'invite');
    }
    return [];
  },
  apply: async (trx, { tenantId, change }) => {
    for (const id of change.people) await inviteByHand(trx, tenantId, await knownPerson(trx, tenantId, id));
  },
});

/** Gives suspended accounts back though their people have left, until the source says something else (S77). */
export const recoverPlan = planKind({
  schema: z.strictObject({ kind: z.literal('recover'), people }),
  look: async ({ db }, { tenantId, change }, each) => {
    for (const id of change.people) {
      const person = await knownPerson(db, tenantId, id);
      for (const targetId of suspendedAt(person)) {
        each({ personId: id, userName: person.userName, targetId, before: 'suspended', after: 'given back' }, 'resume');
      }
    }
    return [];
  },
  apply: async (trx, { tenantId, change, actor }) => {
    for (const id of change.people) await recover(trx, tenantId, await knownPerson(trx, tenantId, id), actor);
  },
});

/**
 * Gives the accounts of one person back wherever they are suspended; the targets where they are. Call in a transaction;
 * throws `not_decidable` when there are none, and `connection_not_enabled`.
 */
export async function recover(trx: Knex, tenantId: string, person: Summary, actor: string): Promise<string[]> {
  const { id: personId, userName, connection } = person;
  if (connection.state !== 'enabled') {
    const words = `connection "${connection.name}" is ${connection.state}: nothing may leave before it is enabled`;
    throw new Fault('connection_not_enabled', words);
  }
  const targetIds = suspendedAt(person);
  if (targetIds.length === 0) throw new Fault('not_decidable', `${userName} has no suspended account to give back`);
  const restorations = [];
  for (const targetId of targetIds) {
    const source = await readPerson(trx, { tenantId, personId, targetId });
    if (!source) continue;
    // with a record its memberships are deleted, too: only the link knows them
    const granted = person.deleted ? ((await findLink(trx, { tenantId, personId, targetId }))?.granted ?? []) : [];
    const active = { to: 'active' as const, ...(granted.length > 0 && { groups: granted }) };
    restorations.push({ personId, targetId, said: saidOf(source.person), restore: active });
  }
  await restore(trx, { tenantId, connectionId: connection.id }, restorations, actor);
  await record(trx, { tenantId, action: 'person.recover', subject: personId, detail: { targetIds }, actor });
  return targetIds;
}

/** Lets the source count again for a person; throws `not_decidable` when it does already. Call in a transaction. */
export async function followSource(trx: Knex, tenantId: string, person: Summary, actor: string): Promise<void> {
  const { id: personId, userName, connection } = person;
  if (!(await follow(trx, { tenantId, connectionId: connection.id, personId }))) {
    throw new Fault('not_decidable', `nothing was set aside for ${userName}: the source counts`);
  }
  await record(trx, { tenantId, action: 'person.follow', subject: personId, detail: {}, actor });
}

function suspendedAt({ links }: Summary): string[] {
  return links.filter(({ state }) => state === 'suspended' || state === 'suspending').map(({ targetId }) => targetId);
}

async function knownPerson(db: Knex, tenantId: string, id: string): Promise<Summary> {
  const person = await summaryOf(db, tenantId, id);
  if (!person) throw new Fault('not_found', `no person ${id}`);
  return person;
}
