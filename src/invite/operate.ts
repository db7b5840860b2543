import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { Fault } from '../errors.ts';
import type { Invite, OwnChannel } from '../model/invite.ts';
import { languageOf, locationOf } from '../plan/invite-channel.ts';
import { BOUNCE_RETRY_MS } from '../plan/invite-step.ts';
import { record } from '../report/audit.ts';
import { markOther } from '../work/mark.ts';
import { readAbout } from './about.ts';
import { closeInvite, markBounced, markDelivered, reopenInvite } from './changes.ts';
import { type InviteKey, latestInvite, makeInvite, readInvite } from './invites.ts';

/** Sends an invite anew: another code, the one before is dead. Throws `not_decidable` where nobody could accept it. */
export async function resendInvite(
  db: Knex,
  tenantId: string,
  id: string,
  channel: OwnChannel | null,
): Promise<Invite> {
  return inTransaction(db, async (trx) => {
    const invite = await readInvite(trx, tenantId, id);
    await demandInvited(trx, invite);
    if (!(await reopenInvite(trx, invite, channel))) {
      const why = invite.state === 'accepted' ? 'it is accepted' : 'a newer one has taken its place';
      throw new Fault('not_decidable', `invite ${id} cannot be sent again: ${why}`);
    }
    await note(trx, invite, 'resend', { channel: channel ?? invite.channel });
    return readInvite(trx, tenantId, id);
  });
}

/** Withdraws an invite: its code is dead, the account stays. What is closed already stays as it is. */
export async function revokeInvite(db: Knex, tenantId: string, id: string): Promise<Invite> {
  return end(db, tenantId, id, 'revoked');
}

/** Takes an invite for accepted: the app says so by a call of its own. Throws `not_decidable` for one that is closed. */
export async function acceptInvite(db: Knex, tenantId: string, id: string): Promise<Invite> {
  return end(db, tenantId, id, 'accepted');
}

async function end(db: Knex, tenantId: string, id: string, to: 'accepted' | 'revoked'): Promise<Invite> {
  return inTransaction(db, async (trx) => {
    const invite = await readInvite(trx, tenantId, id);
    if (invite.state === to) return invite;
    if (!(await closeInvite(trx, invite, to))) {
      throw new Fault('not_decidable', `invite ${id} is ${invite.state}: it cannot be ${to} any more`);
    }
    await note(trx, invite, to === 'accepted' ? 'accept' : 'revoke', {});
    return readInvite(trx, tenantId, id);
  });
}

/** Takes in what a mail or SMS provider reports about a message. What is closed or was never sent stays as it is. */
export async function reportDelivery(
  db: Knex,
  tenantId: string,
  id: string,
  report: { state: 'delivered' | 'bounced'; reason: string | null },
): Promise<Invite> {
  return inTransaction(db, async (trx) => {
    const invite = await readInvite(trx, tenantId, id);
    const { state, reason } = report;
    const changed =
      state === 'delivered'
        ? await markDelivered(trx, invite, reason)
        : await markBounced(trx, invite, new Date(Date.now() + BOUNCE_RETRY_MS), reason);
    if (changed) await note(trx, invite, state, reason === null ? {} : { reason });
    return readInvite(trx, tenantId, id);
  });
}

/**
 * Announces an account that is there already and that nobody has accepted: the latest invite anew, or a first one.
 *
 *   account          latest invite       what happens
 *   not invited      any                 accepted: nobody is left to invite
 *   invited          of this account     sent anew
 *   invited          otherwise           made by its work, by the policy's channels; by `channel` where one is named.
 *                                        Throws `not_decidable` where neither is ours
 */
export async function announceAgain(
  db: Knex,
  key: InviteKey,
  channel: OwnChannel | null,
): Promise<'accepted' | 'again'> {
  return inTransaction(db, async (trx) => {
    const about = await readAbout(trx, key);
    const cause = about?.facts.cause ?? null;
    if (about?.link?.state !== 'invited' || cause === null) return 'accepted';
    const latest = await latestInvite(trx, key);
    if (latest?.cause === cause) {
      if (!(await reopenInvite(trx, latest, channel))) return 'accepted';
      await note(trx, latest, 'resend', { channel: channel ?? latest.channel });
      return 'again';
    }
    const { person, connection } = about;
    const language = languageOf(person.resource);
    const location = locationOf(person.resource);
    const made = { ...key, connectionId: connection.id, cause, language, location, lastAnswer: null };
    if (channel) await makeInvite(trx, { ...made, channel });
    else if (connection.policy.inviteChannel[0] === 'target') {
      throw new Fault(
        'not_decidable',
        'the app has sent its own invite (policy inviteChannel): name a channel of ours',
      );
    }
    await mark(trx, key);
    return 'again';
  });
}

async function demandInvited(trx: Knex, invite: Invite): Promise<void> {
  const about = await readAbout(trx, invite);
  if (about?.facts.quiet) {
    const { name, state } = about.connection;
    throw new Fault(
      'connection_not_enabled',
      `connection "${name}" is ${state}: nothing may leave before it is enabled`,
    );
  }
  if (about?.facts.wanted && about.link?.state === 'invited') return;
  const why = about?.facts.wanted ? `the account is ${about.link?.state ?? 'not there'}` : 'the person has left';
  throw new Fault('not_decidable', `invite ${invite.id} cannot be sent again: ${why}`);
}

async function note(trx: Knex, invite: Invite, action: string, more: Record<string, unknown>): Promise<void> {
  const { tenantId, id, targetId, personId } = invite;
  await record(trx, { tenantId, action: `invite.${action}`, subject: id, detail: { targetId, personId, ...more } });
  await mark(trx, invite);
}

function mark(trx: Knex, { tenantId, targetId, personId }: InviteKey): Promise<void> {
  return markOther(trx, { tenantId, targetId, kind: 'invite', subjectId: personId });
}
