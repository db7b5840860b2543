import type { Knex } from 'knex';
import { isFault } from '../errors.ts';
import { keepEvents } from '../events/tidy.ts';
import type { Log } from '../log.ts';
import { countHours } from '../report/hours.ts';
import { forgetAnswers } from '../report/idempotency.ts';
import { forgetRequests } from '../report/requests.ts';
import type { WorkHandler } from '../work/handler.ts';
import { tellWeeks } from './digest.ts';
import { tellOutages } from './outages.ts';
import { tellOverdue } from './overdue.ts';
import { forgetOld, wakeMails } from './tidy.ts';
import { tellTokens } from './tokens.ts';

const EVERY_MS = 600_000;

type Look = (db: Knex, tenantId: string, now: Date) => Promise<void>;
const LOOKS: Readonly<Record<string, Look>> = {
  overdue: tellOverdue,
  tokens: tellTokens,
  outages: tellOutages,
  weeks: tellWeeks,
  mails: wakeMails,
  old: forgetOld,
  hours: countHours,
  answers: forgetAnswers,
  requests: forgetRequests,
  events: keepEvents,
};

/**
 * The work of kind `watch`, for each tenant every ten minutes: tells what comes true by time alone. Each look reads what is
 * there and tells what was not told yet, so it may be late, doubled, or skipped once.
 */
export function watchHandler({ db, log }: { db: Knex; log: Log }): WorkHandler {
  return async ({ tenantId }, stop) => {
    await watchTenant({ db, log }, tenantId, new Date(), stop);
    return { kind: 'done', lookAgainAt: new Date(Date.now() + EVERY_MS * (1 + Math.random() / 10)) };
  };
}

/** All looks at one tenant; one that fails stops none of the others. */
export async function watchTenant(
  { db, log }: { db: Knex; log: Log },
  tenantId: string,
  now: Date,
  stop?: AbortSignal,
): Promise<void> {
  for (const [name, look] of Object.entries(LOOKS)) {
    stop?.throwIfAborted();
    try {
      await look(db, tenantId, now);
    } catch (error) {
      if (isFault(error, 'database_unavailable')) throw error;
      log.error({ err: error, tenant: tenantId, look: name }, 'cannot watch');
    }
  }
}
