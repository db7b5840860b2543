import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { Expectations, FeedKind, Schedule, Seen } from './feed.ts';

export type FeedKey = { readonly tenantId: string; readonly connectionId: string };
export type FeedResult = 'done' | 'unchanged' | 'held' | 'failed';

/** A feed as it is stored, its secrets encrypted. */
export type Feed = FeedKey & {
  readonly kind: FeedKind;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Buffer;
  readonly schedule: Schedule;
  readonly expectations: Expectations;
  /** Another one with each change. */
  readonly revision: number;
  readonly nextAt: Date;
  readonly askedAt: Date | null;
  readonly seen: (Seen & { readonly modifiedAt?: string | undefined }) | null;
  /** Fetches that have failed in a row. */
  readonly failures: number;
  readonly lastAt: Date | null;
  readonly lastResult: FeedResult | null;
  readonly lastWords: string | null;
  readonly lastRunId: string | null;
};

const COLUMNS = `tenant_id as "tenantId", connection_id as "connectionId", kind, settings, secrets,
  json_build_object('cron', cron, 'timeZone', time_zone) as schedule, expectations, revision, next_at as "nextAt",
  asked_at as "askedAt", seen, failures, last_at as "lastAt", last_result as "lastResult", last_words as "lastWords",
  last_run_id as "lastRunId"`;
const KEY = 'tenant_id = :tenantId and connection_id = :connectionId';

const selectFeed = statement<Feed>('feeds_get', `select ${COLUMNS} from feeds where ${KEY}`);

const selectLocked = statement<Feed>('feeds_lock', `select ${COLUMNS} from feeds where ${KEY} for update`);

const upsertFeed = statement<Feed>(
  'feeds_save',
  `insert into feeds (tenant_id, connection_id, kind, settings, secrets, cron, time_zone, expectations, next_at)
   values (:tenantId, :connectionId, :kind, :settings, :secrets, :cron, :timeZone, :expectations, :nextAt)
   on conflict (tenant_id, connection_id) do update set
     kind = excluded.kind, settings = excluded.settings, secrets = excluded.secrets, cron = excluded.cron,
     time_zone = excluded.time_zone, expectations = excluded.expectations, next_at = excluded.next_at,
     revision = feeds.revision + 1, failures = 0, seen = null
   returning ${COLUMNS}`,
);

const deleteFeed = statement<{ kind: FeedKind }>('feeds_remove', `delete from feeds where ${KEY} returning kind`);

const updateAsked = statement<Feed>(
  'feeds_ask',
  `update feeds set asked_at = date_trunc('milliseconds', clock_timestamp()) where ${KEY} returning ${COLUMNS}`,
);

// who asked while it was fetched gets another fetch
const updateResult = statement<{ revision: number }>(
  'feeds_result',
  `update feeds
      set last_at = :at, last_result = :result, last_words = :words, last_run_id = :runId, seen = :seen, failures = :failures,
          next_at = :nextAt, asked_at = case when asked_at <= :askedAt::timestamptz then null else asked_at end
    where ${KEY} and revision = :revision returning revision`,
);

/** The feed of a connection, or null. */
export async function findFeed(db: Knex, { tenantId, connectionId }: FeedKey): Promise<Feed | null> {
  const [row] = await selectFeed(db, { tenantId, connectionId });
  return row ?? null;
}

/** The same, for a change: whoever changes it as well waits until the transaction ends. */
export async function lockFeed(trx: Knex, { tenantId, connectionId }: FeedKey): Promise<Feed | null> {
  const [row] = await selectLocked(trx, { tenantId, connectionId });
  return row ?? null;
}

/** Makes the feed of a connection, or puts another in its place; what was known of its source is forgotten. */
export async function saveFeed(
  trx: Knex,
  feed: FeedKey & Pick<Feed, 'kind' | 'settings' | 'secrets' | 'schedule' | 'expectations' | 'nextAt'>,
): Promise<Feed> {
  const { settings, schedule, expectations, ...rest } = feed;
  const [row] = await upsertFeed(trx, {
    ...rest,
    ...schedule,
    settings: JSON.stringify(settings),
    expectations: JSON.stringify(expectations),
  });
  if (!row) throw new Error('an upsert answered nothing');
  return row;
}

/** Takes a feed away; throws `not_found`. */
export async function removeFeed(trx: Knex, { tenantId, connectionId }: FeedKey): Promise<FeedKind> {
  const [row] = await deleteFeed(trx, { tenantId, connectionId });
  if (!row) throw new Fault('not_found', 'the connection has no feed');
  return row.kind;
}

/** Lets a fetch be due now; throws `not_found`. */
export async function askForFetch(trx: Knex, { tenantId, connectionId }: FeedKey): Promise<Feed> {
  const [row] = await updateAsked(trx, { tenantId, connectionId });
  if (!row) throw new Fault('not_found', 'the connection has no feed');
  return row;
}

export type Outcome = {
  readonly result: FeedResult;
  readonly words: string | null;
  readonly runId: string | null;
  readonly seen: Feed['seen'];
};

/** Keeps what came of a fetch; false when the feed was changed or removed meanwhile. */
export async function saveOutcome(
  db: Knex,
  { tenantId, connectionId, revision, askedAt }: Feed,
  outcome: Outcome & { readonly at: Date; readonly nextAt: Date; readonly failures: number },
): Promise<boolean> {
  const seen = outcome.seen === null ? null : JSON.stringify(outcome.seen);
  const rows = await updateResult(db, { tenantId, connectionId, revision, askedAt, ...outcome, seen });
  return rows.length === 1;
}
