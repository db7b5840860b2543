import { expect, test } from 'vitest';
import { verdict } from '../../src/deliver/retry.ts';
import { Fault, type FaultCode } from '../../src/errors.ts';

const fault = (code: FaultCode, retryAfter?: number) => new Fault(code, 'words', { retryAfter });
const FIRST = 1;
const TWELFTH = 12;

test.for([
  { name: 'down: the target waits', error: fault('target_down'), pause: true, delay: 0, counts: false, dead: false },
  { name: 'busy with a time: too', error: fault('target_busy', 9), pause: true, delay: 0, counts: false, dead: false },
  { name: 'busy: the person waits', error: fault('target_busy'), pause: false, delay: 1, counts: true, dead: false },
  {
    name: 'pending: the person waits as long as asked',
    error: fault('target_pending', 600),
    pause: false,
    delay: 600,
    counts: false,
    dead: false,
  },
  {
    name: 'pending without a time',
    error: fault('target_pending'),
    pause: false,
    delay: 1,
    counts: false,
    dead: false,
  },
  { name: 'refused: a human', error: fault('target_refused'), pause: false, delay: 0, counts: true, dead: true },
])('$name', ({ error, pause, delay, counts, dead }) => {
  const judged = verdict(error, FIRST, 0, 1);
  expect(judged).toMatchObject({ delaySeconds: delay, countAttempt: counts, giveUp: dead });
  expect(judged.pauseTargetSeconds > 0).toBe(pause);
});

test('what is pending is never given up on', () => {
  expect(verdict(fault('target_pending', 5), TWELFTH, 0, 0).giveUp).toBe(false);
  expect(verdict(fault('target_busy'), TWELFTH, 0, 0).giveUp).toBe(true);
});
