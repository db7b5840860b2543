import type { Knex } from 'knex';
import { Fault } from '../errors.ts';
import type { Handed } from '../mail/handed.ts';
import type { Invite, InviteReminders } from '../model/invite.ts';
import type { Resource } from '../model/person.ts';
import { reachOf } from '../plan/invite-channel.ts';
import { BOUNCE_RETRY_MS, expiryOf, nextReminder } from '../plan/invite-step.ts';
import { type About, type Hosts, readHosts } from './about.ts';
import { beginSending, finishSending, markBounced, putBack } from './changes.ts';
import { codeHash, codeOf, type Derive } from './code.ts';
import { mailOf, smsOf } from './message.ts';
import type { Senders } from './senders.ts';

export type Sending = {
  db: Knex;
  senders: Senders;
  derive: Derive;
  /** Our address as people reach it, without a trailing slash. */
  publicUrl: () => string;
};

const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 900_000;

/**
 * Sends an invite, or reminds of it. That it may have gone is written down before it is handed over, so that a crash in
 * between sends nothing twice. False when somebody else was first.
 */
export async function sendInvite(sending: Sending, invite: Invite, about: About): Promise<boolean> {
  const { db, derive } = sending;
  const hosts = await readHosts(db, invite);
  if (!hosts) throw new Fault('not_found', `no target ${invite.targetId}`);
  const reminders = about.connection.policy.inviteReminders;
  const now = new Date();
  const obstacle = obstacleTo(sending, invite, about);
  const code = codeOf(derive, invite);
  if (!(await beginSending(db, invite, codeHash(code)))) return false;
  const expiresAt = invite.expiresAt ?? expiryOf(now, reminders);
  const handed = obstacle ?? (await handOver(sending, { invite, about, hosts, code, expiresAt }));
  await recordHanded(db, invite, reminders, handed, now);
  return true;
}

/** The link that accepts an invite. */
export function linkOf(publicUrl: string, code: string): string {
  return `${publicUrl}/join/${code}`;
}

function obstacleTo({ senders }: Sending, { channel }: Invite, { person }: About): Handed | null {
  const { email, mobile } = reachOf(person.resource);
  if (channel === 'email' && !senders.email) return later('no mail server is set up: GANGWAY_SMTP_URL');
  if (channel === 'email' && !email) return later('the source names no usable e-mail address');
  if (channel === 'sms' && !senders.sms) return later('no SMS gateway is set up: GANGWAY_SMS_URL');
  if (channel === 'sms' && !mobile) return later('the source names no mobile number like +4915112345678');
  return null;
}

type Parts = { invite: Invite; about: About; hosts: Hosts; code: string; expiresAt: Date };

async function handOver({ senders, publicUrl }: Sending, parts: Parts): Promise<Handed> {
  const { invite, about, hosts, code, expiresAt } = parts;
  const { language } = invite;
  const { email, mobile } = reachOf(about.person.resource);
  const id = `${invite.id}.${invite.edition}.${invite.sends}`;
  const link = linkOf(publicUrl(), code);
  if (invite.channel === 'email' && senders.email && email) {
    const contents = {
      language,
      hosts,
      name: nameOf(about.person.resource),
      link,
      expiresAt,
      reminder: invite.sentAt !== null,
    };
    return senders.email({ id, to: email, ...mailOf(contents) });
  }
  if (invite.channel === 'sms' && senders.sms && mobile) {
    return senders.sms({ id, to: mobile, text: smsOf({ language, hosts, link }) });
  }
  return later('there is no way to reach this person');
}

async function recordHanded(
  db: Knex,
  invite: Invite,
  reminders: InviteReminders,
  { kind, answer }: Handed,
  now: Date,
): Promise<void> {
  switch (kind) {
    case 'sent':
    case 'unsure':
      return finishSending(db, invite, sentOf(invite, reminders, now, kind === 'sent', answer));
    case 'bounced':
      await markBounced(db, invite, new Date(now.getTime() + BOUNCE_RETRY_MS), answer);
      return;
    case 'later':
      return putBack(db, invite, new Date(now.getTime() + delayOf(invite.failures)), answer);
    default:
      return kind satisfies never;
  }
}

/** What a message that went out makes of an invite; its days count from the first message. */
export function sentOf(invite: Invite, policy: InviteReminders, now: Date, confirmed: boolean, answer: string) {
  const reminders = invite.sentAt === null || invite.state === 'bounced' ? invite.reminders : invite.reminders + 1;
  const first = invite.sentAt ?? now;
  const expiresAt = invite.expiresAt ?? expiryOf(first, policy);
  return { confirmed, answer, at: now, expiresAt, nextAt: nextReminder(first, reminders, policy), reminders };
}

/** The person's name as they are greeted; null where the source has none. */
export function nameOf(resource: Resource): string | null {
  const name = resource['name'] as { givenName?: unknown; familyName?: unknown } | undefined;
  const parts = [name?.givenName, name?.familyName].filter((part) => typeof part === 'string' && part !== '');
  const shown = resource['displayName'];
  return typeof shown === 'string' && shown !== '' ? shown : parts.join(' ') || null;
}

function delayOf(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 10));
}

function later(answer: string): Handed {
  return { kind: 'later', answer };
}
