import { expect, test } from 'vitest';
import type { Summary } from '../../src/report/summary.ts';
import { syncStateOf } from '../../src/report/sync-state.ts';

const now = new Date('2026-11-22T12:00:00Z');
const [past, future] = ['2026-11-22T11:00:00Z', '2026-11-22T13:00:00Z'];
const summary = { links: [], work: [], held: [], released: [] } as unknown as Summary;
const link = { targetId: 't', remoteId: 'r', state: 'active', origin: 'invited', settledAt: past };
const work = { targetId: 't', state: 'idle', attempts: 0, nextAt: past, lastError: null };

test.for<{ name: string; seen: Partial<Summary>; state: string }>([
  { name: 'settled with an account', seen: { links: [link], work: [work] }, state: 'synced' },
  {
    name: 'to be looked at on a later day',
    seen: { links: [link], work: [{ ...work, state: 'ready', nextAt: future }] },
    state: 'synced',
  },
  { name: 'due now', seen: { links: [link], work: [{ ...work, state: 'ready' }] }, state: 'pending' },
  {
    name: 'to be tried again later',
    seen: { links: [link], work: [{ ...work, state: 'ready', nextAt: future, lastError: '503' }] },
    state: 'pending',
  },
  { name: 'waiting for a human', seen: { links: [link], work: [{ ...work, state: 'dead' }] }, state: 'error' },
  { name: 'held by the guard', seen: { links: [link], work: [work], held: ['t'] }, state: 'held' },
  { name: 'held at another target', seen: { links: [link], work: [work], held: ['other'] }, state: 'synced' },
  { name: 'let go', seen: { released: ['t'] }, state: 'manual' },
  { name: 'known without an account', seen: { work: [work] }, state: 'staged' },
  { name: 'whose account was erased', seen: { links: [{ ...link, state: 'erased' }], work: [work] }, state: 'staged' },
])('S11: somebody $name is $state', ({ seen, state }) => {
  expect(syncStateOf({ ...summary, ...seen }, 't', now)).toBe(state);
});
