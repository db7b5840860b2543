import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Invite } from '../model/invite.ts';

/*
 * How an invite moves from one state to the next. Each change names the state it leaves and, where a message goes out, how
 * many went before: of two workers, or of a worker and a human, the later one changes nothing.
 */

const KEY = 'tenant_id = :tenantId and id = :id';
const OPEN = `state in ('queued', 'sending', 'sent', 'delivered', 'bounced')`;

const begin = statement<{ id: string }>(
  'invites_begin',
  `update invites set state = 'sending', sends = sends + 1, code_hash = :hash, last_answer = null
    where ${KEY} and state = :state and sends = :sends returning id`,
);

const finish = statement<{ id: string }>(
  'invites_sent',
  `update invites set state = 'sent', confirmed = :confirmed, failures = 0, last_answer = :answer,
          sent_at = coalesce(sent_at, :at), expires_at = coalesce(expires_at, :expiresAt), next_at = :nextAt,
          reminders = :reminders
    where ${KEY} and state in ('sending', 'sent') and sends = :sends + 1 returning id`,
);

const giveBack = statement<{ id: string }>(
  'invites_back',
  `update invites set state = :state, sends = :sends, failures = failures + 1, next_at = :nextAt, last_answer = :answer
    where ${KEY} and state = 'sending' and sends = :sends + 1 returning id`,
);

const bounce = statement<{ id: string }>(
  'invites_bounced',
  `update invites set state = 'bounced', bounces = bounces + 1, last_answer = :answer,
          next_at = case when bounces = 0 then :nextAt::timestamptz end
    where ${KEY} and state in ('sending', 'sent', 'delivered') returning id`,
);

const arrive = statement<{ id: string }>(
  'invites_delivered',
  `update invites set state = 'delivered', confirmed = true, last_answer = :answer
    where ${KEY} and state in ('sending', 'sent', 'delivered') returning id`,
);

const close = statement<{ id: string }>(
  'invites_close',
  `update invites set state = :to, renewable = :renewable, next_at = null, last_answer = coalesce(:answer, last_answer),
          accepted_at = case when :to = 'accepted' then now() end
    where ${KEY} and ${OPEN} returning id`,
);

// one person has one open invite: an old one is not opened beside a newer
const reopen = statement<{ id: string }>(
  'invites_again',
  `update invites i set state = 'queued', confirmed = true, edition = edition + 1, code_hash = null, failures = 0,
          bounces = 0, reminders = 0, sent_at = null, expires_at = null, accepted_at = null, next_at = null, batch = null,
          channel = coalesce(:channel, channel), last_answer = null
    where ${KEY} and state <> 'accepted' and not exists (
      select 1 from invites n where n.tenant_id = i.tenant_id and n.target_id = i.target_id
         and n.person_id = i.person_id and n.id > i.id) returning id`,
);

/** Writes down that a message may go out from now on; false when somebody else was first. */
export async function beginSending(db: Knex, invite: Invite, hash: Buffer): Promise<boolean> {
  const { tenantId, id, state, sends } = invite;
  return (await begin(db, { tenantId, id, state, sends, hash })).length === 1;
}

export type Sent = {
  confirmed: boolean;
  answer: string | null;
  at: Date;
  expiresAt: Date;
  nextAt: Date | null;
  reminders: number;
};

/** Records that the message went out. `invite` is as it was before the sending began. */
export async function finishSending(db: Knex, { tenantId, id, sends }: Invite, sent: Sent): Promise<void> {
  await finish(db, { tenantId, id, sends, ...sent });
}

/** Records that certainly nothing went out: the invite is as before, and tried again at `nextAt`. */
export async function putBack(db: Knex, invite: Invite, nextAt: Date, answer: string): Promise<void> {
  const { tenantId, id, state, sends } = invite;
  await giveBack(db, { tenantId, id, state, sends, nextAt, answer });
}

/** Records that the message cannot be delivered; false when there is none under way. The first time it is tried again. */
export async function markBounced(
  db: Knex,
  { tenantId, id }: { tenantId: string; id: string },
  nextAt: Date,
  answer: string | null,
): Promise<boolean> {
  return (await bounce(db, { tenantId, id, nextAt, answer })).length === 1;
}

/** Records that the message has arrived; false when there is none under way. */
export async function markDelivered(
  db: Knex,
  { tenantId, id }: { tenantId: string; id: string },
  answer: string | null,
): Promise<boolean> {
  return (await arrive(db, { tenantId, id, answer })).length === 1;
}

/** Ends an open invite; false when it was not open. Its code is dead from then on. */
export async function closeInvite(
  db: Knex,
  { tenantId, id }: { tenantId: string; id: string },
  to: 'accepted' | 'expired' | 'revoked',
  answer: string | null = null,
  renewable = false,
): Promise<boolean> {
  return (await close(db, { tenantId, id, to, answer, renewable })).length === 1;
}

/** Puts an invite that nobody accepted at its beginning: another code, from now on the only valid one. */
export async function reopenInvite(
  db: Knex,
  { tenantId, id }: { tenantId: string; id: string },
  channel: string | null,
): Promise<boolean> {
  return (await reopen(db, { tenantId, id, channel })).length === 1;
}
