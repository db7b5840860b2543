import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Api } from './api.ts';
import { apiCommand, type Output, usageError } from './command.ts';
import { listConnections, pick } from './named.ts';
import { table } from './print.ts';
import { profileIn } from './roster-profile.ts';
import type { Run } from './run.ts';

type Answer = { run: Run; note?: string };
type PushOptions = { connection?: string; dryRun?: boolean; profile?: string; as?: string; idempotencyKey?: string };

/** For schedulers: 0 done or nothing to do, 1 failed, 2 a mistake in the command line. */
const HELD = 3;
const WITH_REJECTS = 4;
const ASK_AGAIN_MS = 250;

/** What each count of a roster says. */
const WORDS: Readonly<Record<string, string>> = {
  rows: 'rows that can be taken',
  new: 'people who are new',
  changed: 'people of whom something changes',
  returned: 'people who are back',
  missing: 'people who are not in the file any more',
  unchanged: 'rows like the last time',
  rejected: 'rows that cannot be taken: see the error file',
  emails: 'e-mail addresses that change',
  applied: 'applied',
};

/** `gangway roster push`: sends a file and waits for what comes of it. */
export function pushCommand(): Command {
  return apiCommand<PushOptions>('push <file>', 'upload a roster, and wait until it is applied', push)
    .option('--connection <name>', 'whose people they are; needed when there are several')
    .option('--dry-run', 'only say what would happen')
    .option('--profile <file>', 'set this profile (YAML or JSON) before')
    .option('--as <name>', 'who uploads it, for the record (default: operator)')
    .option('--idempotency-key <text>', 'an upload with the same key is not done twice');
}

async function push(api: Api, names: string[], options: PushOptions, command: Command): Promise<Output> {
  const [file = ''] = names;
  const { id, name } = await connectionOf(api, options.connection, command);
  if (options.profile !== undefined) {
    await api.call('PUT', `/connections/${id}/roster-profile`, await profileIn(options.profile));
  }
  const query = new URLSearchParams({ fileName: basename(file), dryRun: String(options.dryRun === true) });
  if (options.as !== undefined) query.set('as', options.as);
  const key = options.idempotencyKey;
  const answer = await api.upload<Answer>(
    `/connections/${id}/rosters?${query}`,
    file,
    key ? { 'idempotency-key': key } : {},
  );
  const run = answer.run.finishedAt ? answer.run : await whenEnded(api, answer.run.id);
  if (!answer.note) process.exitCode = exitCodeOf(run);
  return { data: { ...run, note: answer.note }, lines: [...(answer.note ? [answer.note] : []), ...linesOf(run, name)] };
}

/** `gangway roster release` and `discard`: what becomes of a held roster. */
export function decideCommand(kind: 'release' | 'discard', description: string): Command {
  return apiCommand<{ as?: string }>(`${kind} <run>`, description, async (api, [id = ''], { as }, command) => {
    if (as === undefined) usageError(command, 'say who decides: --as NAME');
    const path = `/runs/${encodeURIComponent(id)}`;
    const { run } = await api.call<Answer>('POST', `${path}/${kind}`, { actor: as });
    const end = run.finishedAt ? run : await whenEnded(api, run.id);
    if (kind === 'release') process.exitCode = exitCodeOf(end);
    return { data: end, lines: linesOf(end, end.connection.name) };
  }).option('--as <name>', 'who decides');
}

/** The connection that is named, or the only one there is. */
export async function connectionOf(api: Api, named: string | undefined, command: Command) {
  const all = await listConnections(api);
  const [only, ...others] = all;
  if (named !== undefined) return pick('connection', all, named);
  if (only && others.length === 0) return only;
  return usageError(command, 'say whose people they are: --connection NAME');
}

async function whenEnded(api: Api, id: string): Promise<Run> {
  for (;;) {
    const run = await api.call<Run>('GET', `/runs/${id}`);
    if (run.finishedAt) return run;
    await sleep(ASK_AGAIN_MS);
  }
}

function exitCodeOf({ state, counts }: Run): number {
  if (state === 'held') return HELD;
  if (state !== 'done') return 1;
  return Number(counts['rejected'] ?? 0) > 0 ? WITH_REJECTS : 0;
}

function linesOf({ id, state, error, counts }: Run, connection: string): string[] {
  const shown = Object.entries(counts).filter(([name]) => name in WORDS);
  const rows = shown.map(([name, value]) => [name, String(value), WORDS[name]]);
  const next = [
    ...(state === 'held' ? [`if that is right: gangway roster release ${id} --as NAME`] : []),
    ...(Number(counts['rejected'] ?? 0) > 0 ? [`what to mend: gangway roster errors ${id} --out errors.csv`] : []),
  ];
  return [
    `roster of ${connection}: ${state} (run ${id})`,
    ...(error ? [error] : []),
    ...table(['COUNT', '', ''], rows, 'nothing was compared'),
    ...next,
  ];
}
