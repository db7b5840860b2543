import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../errors.ts';
import { type Account, type Accounts, type Counts, countsOf, type Sandbox } from './play-sandbox.ts';

/** What one account should look like after a request. */
export type Expectation = { email: string; fits(account: Account | undefined): boolean };
/** One request and the accounts that follow it; `timed` for SCIM requests. */
export type Step = { timed: boolean; send(): Promise<unknown>; follows: Expectation[] };
export type Act = { at: string; words: string; steps: Step[] };
export type Progress = { done: number; total: number; counts: Counts };
export type WatchOptions = {
  sandbox: Sandbox;
  /** Rest between two requests. */
  paceMs: number;
  deadlineMs: number;
  onProgress(progress: Progress): void;
};

type Watched = { expectation: Expectation; sentAt: number; timed: boolean; seenAt: number | null };

const LOOK_EVERY_MS = 20;

/**
 * Sends an act's requests while looking at the sandbox, until one look shows all accounts as they should be. Returns the
 * milliseconds from each timed request to the look that showed it. Throws `target_busy` when they do not follow in time.
 */
export async function carryOut(act: Act, options: WatchOptions): Promise<number[]> {
  const { sandbox, deadlineMs, onProgress } = options;
  const total = act.steps.reduce((sum, { follows }) => sum + follows.length, 0);
  const watched: Watched[] = [];
  let accounts = await sandbox.look();
  const sending = sendAll(act.steps, watched, options.paceMs, () => accounts);
  for (;;) {
    const sentBefore = sending.endedAt !== null;
    accounts = await sandbox.look();
    note(watched, accounts);
    if (sending.failure) throw sending.failure;
    const behind = watched.filter(({ seenAt }) => seenAt === null);
    onProgress({ done: watched.length - behind.length, total, counts: countsOf(accounts) });
    if (sentBefore && behind.length === 0) return watched.filter(({ timed }) => timed).map(took);
    if (performance.now() > (sending.endedAt ?? Infinity) + deadlineMs) throw late(behind, total, deadlineMs);
    await sleep(LOOK_EVERY_MS);
  }
}

function sendAll(steps: Step[], watched: Watched[], paceMs: number, lastSeen: () => Accounts) {
  const state: { endedAt: number | null; failure: unknown } = { endedAt: null, failure: null };
  const send = async () => {
    for (const step of steps) {
      const before = lastSeen();
      const sentAt = performance.now();
      for (const expectation of step.follows) {
        // an account that is as it should be already says nothing about speed
        const timed = step.timed && !expectation.fits(before.get(expectation.email));
        watched.push({ expectation, sentAt, timed, seenAt: null });
      }
      await step.send();
      if (paceMs) await sleep(paceMs);
    }
    state.endedAt = performance.now();
  };
  send().catch((error: unknown) => {
    state.failure = error;
  });
  return state;
}

/** Notes when each account was first as it should be; one that falls back is waited for again. */
function note(watched: Watched[], accounts: Accounts): void {
  const now = performance.now();
  for (const item of watched) {
    const fits = item.expectation.fits(accounts.get(item.expectation.email));
    item.seenAt = fits ? (item.seenAt ?? now) : null;
  }
}

function took({ sentAt, seenAt }: Watched): number {
  return (seenAt ?? sentAt) - sentAt;
}

function late(behind: Watched[], total: number, deadlineMs: number): Fault {
  const emails = behind.map(({ expectation }) => expectation.email);
  const some = emails.slice(0, 5).join(', ') + (emails.length > 5 ? ', …' : '');
  return new Fault(
    'target_busy',
    `${emails.length} of ${total} accounts have not followed within ${deadlineMs / 1000} s: ${some}\n` +
      `Ask what they wait for: npm run gangway -- why ${emails[0]}`,
  );
}
