import type { NoticeKind } from '../model/notice.ts';

/** A notice that one address has not certainly got. */
export type QueuedNotice = {
  readonly noticeId: string;
  readonly kind: NoticeKind;
  readonly state: 'waiting' | 'sending';
  /** The mail that it was begun to be sent in. */
  readonly mailId: string | null;
  /** How often that mail was handed over. */
  readonly sends: number;
  readonly nextAt: Date;
  readonly createdAt: Date;
};

/** A mail that the address was sent within the last hour. */
export type RecentMail = { readonly kind: NoticeKind; readonly at: Date };

export type NoticeStep =
  | { kind: 'none' }
  | { kind: 'wait'; until: Date }
  | { kind: 'send'; ids: string[] }
  | { kind: 'again' | 'unconfirmed'; mailId: string }
  | { kind: 'give_up'; ids: string[] };

/** So many mails an hour reach one address at most, and so far are two of one group apart. */
export const MOST_PER_HOUR = 12;
export const APART_MS = 600_000;
const HOUR_MS = 3_600_000;
const KEPT_MS = 7 * 24 * HOUR_MS;
/** A mail whose answers get lost is handed over so often; its Message-ID is the same each time. */
const MOST_SENDS = 3;

/**
 * What to do next for one address. Notices of one group that come close together go in one mail.
 *
 *   the notice is                                                           step
 *   being sent, its time has come, handed over less than three times        again: the same mail
 *   being sent, its time has come, handed over three times                  unconfirmed
 *   waiting for more than a week                                            give_up
 *   waiting, due, a mail of its group went out in the last ten minutes      wait
 *   waiting, due, twelve mails went out in the last hour                    wait
 *   waiting, due otherwise                                                  send, with all that are due of its group
 *   waiting or being sent, later                                            wait
 *   (there is none)                                                         none
 */
export function noticeStep(queue: readonly QueuedNotice[], recent: readonly RecentMail[], now: Date): NoticeStep {
  const open = queue.find(({ state, nextAt }) => state === 'sending' && nextAt <= now);
  if (open?.mailId) return { kind: open.sends < MOST_SENDS ? 'again' : 'unconfirmed', mailId: open.mailId };
  const waiting = queue.filter(({ state }) => state === 'waiting');
  const old = waiting.filter(({ createdAt }) => now.getTime() - createdAt.getTime() > KEPT_MS);
  if (old.length > 0) return { kind: 'give_up', ids: old.map(({ noticeId }) => noticeId) };
  const due = waiting.find((notice) => goesAt(notice, recent) <= now.getTime());
  if (due) {
    const group = waiting.filter(({ kind, nextAt }) => groupOf(kind) === groupOf(due.kind) && nextAt <= now);
    return { kind: 'send', ids: group.map(({ noticeId }) => noticeId) };
  }
  const later = queue.map((one) => (one.state === 'sending' ? one.nextAt.getTime() : goesAt(one, recent)));
  return later.length === 0 ? { kind: 'none' } : { kind: 'wait', until: new Date(Math.min(...later)) };
}

/** Kinds that share their mails: who waits is told with the week. */
export function groupOf(kind: NoticeKind): NoticeKind {
  return kind === 'waiting' ? 'weekly' : kind;
}

/** The earliest moment at which a notice may go. */
function goesAt({ kind, nextAt }: QueuedNotice, recent: readonly RecentMail[]): number {
  const times = recent.map(({ at }) => at.getTime()).toSorted((a, b) => b - a);
  const same = recent.filter((mail) => groupOf(mail.kind) === groupOf(kind)).map(({ at }) => at.getTime());
  const full = times[MOST_PER_HOUR - 1];
  return Math.max(
    nextAt.getTime(),
    same.length === 0 ? 0 : Math.max(...same) + APART_MS,
    full === undefined ? 0 : full + HOUR_MS,
  );
}
