import { expect, test } from 'vitest';
import { type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { type Drift, describeHeldRun, isBelieved, nextRunAt } from '../../src/plan/drift.ts';

const drift: Drift = { accounts: 0, links: 0, missing: 0, extra: 0, differs: 0, accepted: 0, resurrected: 0 };

test.for([
  { name: 'a list that lacks nobody', links: 100, missing: 0, forced: false, believed: true },
  { name: 'five of six, in a small company', links: 6, missing: 5, forced: false, believed: true },
  { name: 'six of six', links: 6, missing: 6, forced: false, believed: false },
  { name: 'a fifth', links: 100, missing: 20, forced: false, believed: true },
  { name: 'more than a fifth', links: 100, missing: 21, forced: false, believed: false },
  { name: 'everybody, on a human’s word', links: 100, missing: 100, forced: true, believed: true },
])('$name missing: believed $believed', ({ links, missing, forced, believed }) => {
  expect(isBelieved({ ...drift, links, missing }, forced)).toBe(believed);
});

test('a held run says its numbers', () => {
  expect(describeHeldRun({ ...drift, links: 100, missing: 30 })).toContain('30 of 100 linked accounts');
});

const startedAt = new Date('2026-06-01T12:00:00Z');
const every = (everyHours: number): Policy => ({ ...RECOMMENDED_POLICY, reconcile: { everyHours } });
test.for([
  { name: 'S5: four hours after the last', policy: every(4), state: 'done', next: '2026-06-01T16:00:00.000Z' },
  { name: 'S5: a night after the last', policy: every(24), state: 'held', next: '2026-06-02T12:00:00.000Z' },
  { name: 'an hour after one that failed', policy: every(4), state: 'failed', next: '2026-06-01T13:00:00.000Z' },
  { name: 'no later than usual', policy: every(0.5), state: 'failed', next: '2026-06-01T12:30:00.000Z' },
  { name: 'at once where there was none', policy: every(4), state: null, next: '1970-01-01T00:00:00.000Z' },
  { name: 'never', policy: { ...every(4), reconcile: 'off' as const }, state: 'done', next: null },
])('the next run: $name', ({ policy, state, next }) => {
  const last = state === null ? null : { state, startedAt };
  expect(nextRunAt(policy, last)?.toISOString() ?? null).toBe(next);
});
