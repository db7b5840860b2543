import type { Command } from 'commander';
import { Fault } from '../errors.ts';
import type { Api } from './api.ts';
import { apiCommand, collect, group, type Output, usageError } from './command.ts';
import { fetchCommand } from './feed-fetch.ts';
import { type FeedShown, feedPath } from './feed-shown.ts';
import { testCommand } from './feed-test.ts';
import { textOf } from './pairs.ts';
import { when } from './print.ts';
import { secrets } from './target.ts';

type WriteOptions = { file?: string; secret?: string[] };

/** `gangway feed`: where a connection fetches its roster from. */
export function feedCommand(): Command {
  return group('feed', 'where a connection fetches its roster from, by itself', [
    apiCommand('show <connection>', 'show the feed, and what came of its last fetch', async (api, [name = '']) => {
      return shown(await api.call<FeedShown>('GET', await feedPath(api, name)), name);
    }),
    written(apiCommand<WriteOptions>('set <connection>', 'make the feed, or put another in its place', setFeed)),
    written(testCommand(feedIn)),
    fetchCommand(),
    apiCommand('remove <connection>', 'fetch no more; people stay as they are', async (api, [name = '']) => {
      await api.call('DELETE', await feedPath(api, name));
      return { data: { removed: true }, lines: [`connection ${name} fetches nothing any more`] };
    }),
  ]);
}

function written(command: Command): Command {
  return command
    .option('--file <path>', 'the feed as YAML or JSON; docs/feeds.md has one of each kind')
    .option(
      '--secret <name=value>',
      'one of its secrets; env:VARIABLE or file:PATH as value keeps it from your shell; several times',
      collect,
    );
}

async function setFeed(api: Api, [name = '']: string[], options: WriteOptions, command: Command): Promise<Output> {
  const feed = await feedIn(options, command);
  if (feed === null) usageError(command, 'say which: --file FEED, as YAML or JSON');
  return shown(await api.call<FeedShown>('PUT', await feedPath(api, name), feed), name);
}

/** The feed in a file, with the secrets of the command line; null where there is no file. */
async function feedIn({ file, secret }: WriteOptions, command: Command): Promise<Record<string, unknown> | null> {
  if (file === undefined) return null;
  const { parse } = await import('yaml');
  const read: unknown = parse(textOf(file, '--file'));
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new Fault('config_invalid', `${file} holds no feed: docs/feeds.md shows some`);
  }
  const given = secrets(secret === undefined ? {} : { secret }, command);
  return { ...read, secrets: { ...('secrets' in read ? (read.secrets as object) : {}), ...given } };
}

function shown(feed: FeedShown, name: string): Output {
  const { kind, settings, secrets: known, schedule, expectations, nextAt, failures, last } = feed;
  const expected = Object.entries(expectations).filter(([, value]) => value !== null);
  const lines = [
    `${name} fetches by ${kind}, at "${schedule.cron}" in ${schedule.timeZone}; next ${when(nextAt)}`,
    ...Object.entries(settings).map(
      ([field, value]) => `  ${field}: ${typeof value === 'object' ? JSON.stringify(value) : value}`,
    ),
    `  secrets: ${known.join(', ') || 'none'}`,
    ...(expected.length ? [`  expected: ${expected.map(([field, value]) => `${field} ${value}`).join(', ')}`] : []),
    ...(last
      ? [`last fetch ${when(last.at)}: ${last.result}${last.words ? `: ${last.words}` : ''}`]
      : ['not fetched yet']),
    ...(failures > 1 ? [`it has failed ${failures} times in a row`] : []),
    ...(last?.runId ? [`its run: gangway run show ${last.runId}`] : [`try it: gangway feed test ${name}`]),
  ];
  return { data: feed, lines };
}
