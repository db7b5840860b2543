import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { apiCommand } from './command.ts';
import { type FeedShown, feedPath } from './feed-shown.ts';

/** For schedulers and people alike: 0 done or nothing to do, 1 failed. */
const HELD = 3;
const ASK_AGAIN_MS = 250;

/** `gangway feed fetch`: now, whatever the schedule says. */
export function fetchCommand(): Command {
  return apiCommand('fetch <connection>', 'fetch now, and wait for what comes of it', async (api, [name = '']) => {
    const path = await feedPath(api, name);
    let feed = await api.call<FeedShown>('POST', `${path}/fetch`);
    while (feed.askedAt !== null) {
      await sleep(ASK_AGAIN_MS);
      feed = await api.call<FeedShown>('GET', path);
    }
    const { last } = feed;
    const result = last?.result ?? 'failed';
    if (result === 'failed') process.exitCode = 1;
    if (result === 'held') process.exitCode = HELD;
    return {
      data: feed,
      lines: [
        `feed of ${name}: ${result}`,
        ...(last?.words ? [last.words] : []),
        ...(last?.runId ? [`what it changed: gangway run show ${last.runId}`] : []),
      ],
    };
  });
}
