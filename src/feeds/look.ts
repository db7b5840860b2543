import type { Readable } from 'node:stream';
import { isFault } from '../errors.ts';
import { readRoster } from '../roster/read/roster.ts';
import type { Reject, Shape } from '../roster/row.ts';
import { feedFailed } from './failed.ts';
import type { FeedSettings } from './feed.ts';
import type { FeedKey } from './feeds.ts';
import type { FetchOptions } from './fetch.ts';
import { profileOf, readSetProfile } from './profile.ts';
import { sourceOf } from './source.ts';
import { limitsOf, passedOn } from './stream.ts';

/** What a feed would find, by its first rows. */
export type Look = {
  /** What is told of the source, like the fingerprint of its key. */
  readonly notes: readonly string[];
  readonly fileName: string | null;
  readonly modifiedAt: Date | null;
  readonly shape: Shape | null;
  /** Of the first rows: how many there are, and how many of them can be taken. */
  readonly rows: number;
  readonly taken: number;
  readonly rejects: readonly Reject[];
  /** What is wrong with the file as a whole; the source itself has answered. */
  readonly problem: string | null;
};

/** How long a try may take: a source that has to list everybody first takes longer than a file. */
const LOOK_MINUTES = 2;
const FIRST_ROWS = 100;
const MOST_REJECTS = 10;

/** Asks a source for its roster and reads its head; nothing is kept. Throws when the source cannot be asked. */
export async function lookAtFeed({ db }: Pick<FetchOptions, 'db'>, at: FeedKey, feed: FeedSettings): Promise<Look> {
  const set = await readSetProfile(db, at);
  const source = sourceOf(feed, new Map(), set.set);
  const profile = profileOf(set, source);
  const { signal, tell } = limitsOf({ ...source, timeoutMinutes: LOOK_MINUTES }, new AbortController().signal);
  const opened = await source.open({ seen: null, signal }).catch((error) => {
    throw tell(error);
  });
  if (opened.kind !== 'roster') throw feedFailed('the source says that nothing has changed, though nobody has asked');
  const { body } = passedOn(opened.body, tell);
  const { notes, fileName, modifiedAt } = opened;
  const found = await headOf(body, profile, set.extensions);
  return { notes, fileName, modifiedAt, ...found };
}

async function headOf(
  body: Readable,
  profile: Parameters<typeof readRoster>[1],
  extensions: NonNullable<Parameters<typeof readRoster>[2]>['extensions'],
): Promise<Pick<Look, 'shape' | 'rows' | 'taken' | 'rejects' | 'problem'>> {
  const { shape, items } = readRoster(body, profile, { extensions });
  shape.catch(() => {}); // the items say the same
  const found = { rows: 0, taken: 0, rejects: [] as Reject[] };
  try {
    for await (const item of items) {
      found.rows += 1;
      if (item.kind === 'row') found.taken += 1;
      else found.rejects.push(...item.rejects.slice(0, MOST_REJECTS - found.rejects.length));
      if (found.rows >= FIRST_ROWS) break;
    }
    return { shape: await shape, ...found, problem: null };
  } catch (error) {
    if (!isFault(error, 'roster_unreadable')) throw error;
    return { shape: await shape.catch(() => null), ...found, problem: error.message };
  } finally {
    body.destroy();
  }
}
