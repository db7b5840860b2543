import type { Knex } from 'knex';
import { z } from 'zod';
import { Fault } from '../errors.ts';
import type { Vault } from '../vault.ts';
import { markOther } from '../work/mark.ts';
import { type Expectations, FEED_KINDS, type FeedSettings, type Schedule } from './feed.ts';
import { askForFetch, type Feed, type FeedKey, lockFeed, saveFeed } from './feeds.ts';
import type { TokenMemory } from './https/token.ts';
import { readSetProfile } from './profile.ts';
import { nextTime } from './schedule.ts';
import { sourceOf } from './source.ts';
import { FEED_WORK } from './work.ts';

export const ScheduleInput = z.strictObject({
  cron: z.string().trim().max(200),
  timeZone: z.string().trim().min(1).max(100),
});

/** A feed as somebody writes it. Secrets that are left out stay, as long as they go to the same place; null removes one. */
export const FeedInput = z.strictObject({
  kind: z.enum(FEED_KINDS),
  settings: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string().max(100), z.string().max(20_000).nullable()).default({}),
  schedule: ScheduleInput,
  expectations: z
    .strictObject({
      minRows: z.number().int().min(1).nullable().default(null),
      maxAgeHours: z.number().min(1).max(10_000).nullable().default(null),
    })
    .default({ minRows: null, maxAgeHours: null }),
});
export type FeedInput = z.output<typeof FeedInput>;

/** A feed whose secrets can be read, with those that were left out. */
export type CompleteFeed = FeedSettings & { readonly schedule: Schedule; readonly expectations: Expectations };

/**
 * What is written, with the secrets that are stored where they were left out; throws `config_invalid` when it does not fit.
 * Call in the transaction that stores it, so that two changes do not undo each other's secrets.
 *
 *   the stored feed is of     and its secrets go to    left out secrets
 *   another kind, or none     -                        are missing
 *   the same kind             the same hosts           stay
 *   the same kind             another host             must be given again: nobody may send them elsewhere unread
 */
export async function completed(db: Knex, vault: Vault, at: FeedKey, input: FeedInput): Promise<CompleteFeed> {
  const { set } = await readSetProfile(db, at);
  const stored = await lockFeed(db, at);
  nextTime(input.schedule, new Date());
  const kept = stored?.kind === input.kind ? vault.open(stored.secrets) : {};
  const missing = Object.keys(kept).filter((name) => input.secrets[name] === undefined);
  const merged = Object.fromEntries(
    Object.entries({ ...kept, ...input.secrets }).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
  const memory: TokenMemory = new Map();
  if (stored && missing.length > 0) {
    const before = placesOf({ kind: stored.kind, settings: stored.settings, secrets: kept }, memory);
    const after = placesOf({ ...input, secrets: merged }, memory);
    const moved = after.some((place) => !before.includes(place));
    if (moved) {
      throw new Fault('config_invalid', `the address is another: give secrets.${missing.join(', secrets.')} again`);
    }
  }
  const complete = { ...input, secrets: merged };
  sourceOf(complete, memory, set);
  return complete;
}

function placesOf(feed: FeedSettings, memory: TokenMemory): readonly string[] {
  return sourceOf(feed, memory, {}).places;
}

/** Stores a feed and its work together; call in a transaction. The first fetch is the schedule's next time. */
export async function storeFeed(trx: Knex, vault: Vault, at: FeedKey, feed: CompleteFeed): Promise<Feed> {
  const nextAt = nextTime(feed.schedule, new Date());
  const saved = await saveFeed(trx, { ...at, ...feed, secrets: vault.seal(feed.secrets), nextAt });
  await markFeed(trx, at);
  return saved;
}

/** Asks for a fetch now; call in a transaction. */
export async function fetchNow(trx: Knex, at: FeedKey): Promise<Feed> {
  const feed = await askForFetch(trx, at);
  await markFeed(trx, at);
  return feed;
}

/** There is no target: the connection stands in its place. */
async function markFeed(trx: Knex, { tenantId, connectionId }: FeedKey): Promise<void> {
  await markOther(trx, { tenantId, targetId: connectionId, kind: FEED_WORK, subjectId: connectionId });
}
