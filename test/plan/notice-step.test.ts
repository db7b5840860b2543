import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOTICE_KINDS, type NoticeKind } from '../../src/model/notice.ts';
import { APART_MS, groupOf, MOST_PER_HOUR, noticeStep, type QueuedNotice } from '../../src/plan/notice-step.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-11-23T10:00:00Z');
const inMinutes = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE);
const notice = (noticeId: string, more: Partial<QueuedNotice> = {}): QueuedNotice => ({
  noticeId,
  kind: 'roster_partly',
  state: 'waiting',
  mailId: null,
  sends: 0,
  nextAt: inMinutes(-1),
  createdAt: inMinutes(-1),
  ...more,
});
const sent = (kind: NoticeKind, minutesAgo: number) => ({ kind, at: inMinutes(-minutesAgo) });
const sending = (sends: number, minutes: number) =>
  notice('a', { state: 'sending', mailId: 'mail', sends, nextAt: inMinutes(minutes) });

test.for([
  { name: 'nothing waits', queue: [], step: { kind: 'none' } },
  { name: 'the first goes at once', queue: [notice('a')], step: { kind: 'send', ids: ['a'] } },
  { name: 'those of one kind go together', queue: [notice('a'), notice('b')], step: { kind: 'send', ids: ['a', 'b'] } },
  {
    name: 'another kind goes by itself',
    queue: [notice('a'), notice('b', { kind: 'guard_held' })],
    step: { kind: 'send', ids: ['a'] },
  },
  {
    name: 'who waits is told with the week',
    queue: [notice('a', { kind: 'weekly' }), notice('b', { kind: 'waiting' })],
    step: { kind: 'send', ids: ['a', 'b'] },
  },
  {
    name: 'one that is not due yet stays behind',
    queue: [notice('a'), notice('b', { nextAt: inMinutes(2) })],
    step: { kind: 'send', ids: ['a'] },
  },
  {
    name: 'ten minutes after the last of its kind',
    queue: [notice('a')],
    recent: [sent('roster_partly', 4)],
    step: { kind: 'wait', until: inMinutes(6) },
  },
  {
    name: 'another kind need not wait for that',
    queue: [notice('a')],
    recent: [sent('roster_held', 4)],
    step: { kind: 'send', ids: ['a'] },
  },
  {
    name: 'twelve mails in the last hour are enough',
    queue: [notice('a', { kind: 'guard_held' })],
    recent: Array.from({ length: 12 }, (_, index) => sent('roster_partly', 4 * index + 1)),
    step: { kind: 'wait', until: inMinutes(15) },
  },
  { name: 'a mail under way is left alone', queue: [sending(1, 1)], step: { kind: 'wait', until: inMinutes(1) } },
  { name: 'its answer got lost', queue: [sending(2, -1)], step: { kind: 'again', mailId: 'mail' } },
  { name: 'it got lost three times', queue: [sending(3, -1)], step: { kind: 'unconfirmed', mailId: 'mail' } },
  {
    name: 'after a week it is no news',
    queue: [notice('a', { createdAt: inMinutes(-7 * 24 * 60 - 1) }), notice('b')],
    step: { kind: 'give_up', ids: ['a'] },
  },
])('S39: $name', ({ queue, recent = [], step }) => {
  expect(noticeStep(queue, recent, NOW)).toEqual(step);
});

const happenings = fc.array(
  fc.record({ kind: fc.constantFrom(...NOTICE_KINDS), minute: fc.integer({ min: 0, max: 600 }) }),
  { maxLength: 200 },
);

test('S39: whatever happens when, each notice is in one mail, and mails are few', () => {
  fc.assert(
    fc.property(happenings, fc.integer({ min: 1, max: 7 }), (all, pace) => {
      const mails: { kind: NoticeKind; at: Date; ids: string[] }[] = [];
      let queue: QueuedNotice[] = [];
      // a worker looks now and then, and goes on until there is nothing to do at that moment
      for (let minute = 0; minute <= 3_000; minute += pace) {
        const now = inMinutes(minute);
        const fresh = all.flatMap(({ kind, minute: at }, index) =>
          at > minute - pace && at <= minute ? [notice(String(index), { kind, nextAt: now, createdAt: now })] : [],
        );
        queue = [...queue, ...fresh];
        for (;;) {
          const recent = mails.filter(({ at }) => now.getTime() - at.getTime() < 60 * MINUTE);
          const step = noticeStep(queue, recent, now);
          if (step.kind !== 'send') break;
          const { ids } = step;
          const [first] = queue.filter(({ noticeId }) => ids.includes(noticeId));
          if (!first) throw new Error('a mail of nothing');
          mails.push({ kind: first.kind, at: now, ids });
          queue = queue.filter(({ noticeId }) => !ids.includes(noticeId));
        }
      }
      expect(mails.flatMap(({ ids }) => ids).toSorted()).toEqual(all.map((_, index) => String(index)).toSorted());
      for (const [index, mail] of mails.entries()) {
        const hour = mails.slice(index).filter(({ at }) => at.getTime() - mail.at.getTime() < 60 * MINUTE);
        expect(hour.length).toBeLessThanOrEqual(MOST_PER_HOUR);
        const next = mails.slice(index + 1).find(({ kind }) => groupOf(kind) === groupOf(mail.kind));
        if (next) expect(next.at.getTime() - mail.at.getTime()).toBeGreaterThanOrEqual(APART_MS);
      }
    }),
    { numRuns: 60 },
  );
});
