import type { Invite, InviteReminders } from '../model/invite.ts';
import type { Link } from '../model/link.ts';

/** What the account and its person say about an invite. */
export type InviteFacts = {
  /** The person is here, and the connection still feeds the target. */
  readonly wanted: boolean;
  /** The connection is paused or not enabled: nothing leaves. */
  readonly quiet: boolean;
  readonly link: Pick<Link, 'state' | 'origin'> | null;
  /** The action that made the account; null where we did not make it. */
  readonly cause: string | null;
};

export type InviteStep =
  | { kind: 'make' | 'accept' | 'revoke' | 'send' | 'remind' | 'unconfirmed' | 'expire' | 'none' }
  | { kind: 'wait'; until: Date };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How long a second try waits after a bounce: a new mailbox may be there by then. */
export const BOUNCE_RETRY_MS = DAY_MS;
const QUIET_MS = 15 * MINUTE_MS;

/**
 * What is next for the invite of one person at one target. Doing it and asking again ends with none or wait.
 *
 *   latest invite     person, connection   account        when           step
 *   -, former cause   wanted               invited        any            make, if we made the account
 *   -, former cause   otherwise            any            any            none
 *   revoked, they left  wanted             invited        any            make: they are back
 *   closed            any                  any            any            none
 *   open              not wanted           any            any            revoke
 *   open              wanted               active         any            accept
 *   open              wanted               -, suspended*, erased         revoke
 *   sending           wanted               invited        any            unconfirmed: it may have gone, so never again
 *   open              paused               invited        any            wait a quarter of an hour
 *   queued            wanted               invited        a time is set  wait until then, else send
 *   bounced           wanted               invited        second try due send, else wait
 *   bounced twice     wanted               invited        any            none
 *   sent, delivered   wanted               invited        expired        expire
 *   sent, delivered   wanted               invited        reminder due   remind
 *   sent, delivered   wanted               invited        otherwise      wait for what comes first
 *
 * (suspend* is suspending or suspended; an account `inviting` counts as invited.) A new cause, an account that was made
 * anew, closes an open invite of the former one first: revoke, then make.
 */
export function inviteStep(invite: Invite | null, facts: InviteFacts, now: Date): InviteStep {
  const { wanted, quiet, link, cause } = facts;
  const invited = link?.state === 'invited' || link?.state === 'inviting';
  const former = invite === null || (cause !== null && invite.cause !== cause);
  if (former && (invite === null || !isOpen(invite))) {
    const ours = link?.state === 'invited' && link.origin === 'invited' && cause !== null;
    return { kind: wanted && ours ? 'make' : 'none' };
  }
  if (!invite) return { kind: 'none' };
  if (!isOpen(invite)) return { kind: invite.renewable && wanted && link?.state === 'invited' ? 'make' : 'none' };
  if (wanted && link?.state === 'active' && !former) return { kind: 'accept' };
  if (!wanted || !invited || former) return { kind: 'revoke' };
  if (invite.state === 'sending') return { kind: 'unconfirmed' };
  if (quiet) return { kind: 'wait', until: new Date(now.getTime() + QUIET_MS) };
  return stepOfOpen(invite, now);
}

function stepOfOpen({ state, nextAt, expiresAt }: Invite, now: Date): InviteStep {
  const due = nextAt === null || nextAt <= now;
  if (state === 'queued') return due ? { kind: 'send' } : { kind: 'wait', until: nextAt };
  if (state === 'bounced') {
    if (nextAt === null) return { kind: 'none' };
    return due ? { kind: 'send' } : { kind: 'wait', until: nextAt };
  }
  if (expiresAt && expiresAt <= now) return { kind: 'expire' };
  if (nextAt && due) return { kind: 'remind' };
  const first = [nextAt, expiresAt].filter((time) => time !== null).toSorted((a, b) => a.getTime() - b.getTime())[0];
  return first ? { kind: 'wait', until: first } : { kind: 'none' };
}

function isOpen({ state }: Invite): boolean {
  return state !== 'accepted' && state !== 'expired' && state !== 'revoked';
}

/** When an invite that was sent ends: days after its first message. */
export function expiryOf(sentAt: Date, { expireDays }: InviteReminders): Date {
  return new Date(sentAt.getTime() + expireDays * DAY_MS);
}

/** When the next reminder is due; null when all went out, or the invite ends before. */
export function nextReminder(sentAt: Date, reminders: number, { afterDays, expireDays }: InviteReminders): Date | null {
  const day = afterDays.toSorted((a, b) => a - b)[reminders];
  return day === undefined || day >= expireDays ? null : new Date(sentAt.getTime() + day * DAY_MS);
}
