import type { Command } from 'commander';
import type { Api } from './api.ts';
import { apiCommand, type Output, usageError } from './command.ts';
import { type Language, langOption, languageFor } from './language.ts';
import { listConnections, type Named, pick } from './named.ts';
import { progressOn } from './progress.ts';
import { keepErrors } from './roster-errors.ts';
import { type RosterFile, rosterFile } from './roster-file.ts';
import { profileIn } from './roster-profile.ts';
import { firstRows, runLines } from './roster-run.ts';
import { type Answer, type Telling, uploadRoster, whenEnded } from './roster-upload.ts';
import { ROSTER_WORDS } from './roster-words.ts';
import type { Run } from './run.ts';
import type { Settings } from './settings/settings.ts';

type PushOptions = {
  connection?: string;
  dryRun?: boolean;
  hold?: boolean;
  profile?: string;
  as?: string;
  idempotencyKey?: string;
  wait?: boolean;
  errors?: string | boolean;
  lang?: Language;
};
type Asked = PushOptions & { settings: Settings };

/** For schedulers: 0 done or nothing to do, 1 failed, 2 a mistake in the command line. */
const HELD = 3;
const WITH_REJECTS = 4;

/** `gangway roster push`: sends a file and waits for what comes of it. */
export function pushCommand(): Command {
  return apiCommand<PushOptions>('push <file>', 'upload a roster, and wait until it is applied', push)
    .option('--connection <name>', 'whose people they are; needed when there are several')
    .option('--dry-run', 'only say what would happen')
    .option('--hold', 'have it held in any case: apply it by `gangway roster release` once you have looked')
    .option('--profile <file>', 'set this profile (YAML or JSON) before')
    .option('--as <name>', 'who uploads it, for the record (default: operator)')
    .option('--idempotency-key <text>', 'an upload with the same key is not done twice')
    .option('--wait', 'until it is applied, as without it')
    .option('--no-wait', 'end when the file is sent; gangway run show tells the rest')
    .option('--errors <file>', 'where the rows that were not taken are written (default: beside the file)')
    .option('--no-errors', 'write no such file')
    .addOption(langOption());
}

async function push(api: Api, names: string[], options: Asked, command: Command): Promise<Output> {
  const file = rosterFile(names[0] ?? '');
  const connection = await connectionOf(api, options.connection ?? options.settings.connection?.value, command);
  if (options.profile !== undefined) {
    await api.call('PUT', `/connections/${connection.id}/roster-profile`, await profileIn(options.profile));
  }
  const { dryRun = false, hold = false, as, idempotencyKey } = options;
  const telling = { progress: progressOn(process.stderr), words: ROSTER_WORDS[languageFor(options.lang)] };
  const upload = { connectionId: connection.id, file, dryRun, hold, as, idempotencyKey };
  const answer = await uploadRoster(api, upload, telling);
  telling.progress.clear();
  if (options.wait === false && !answer.run.finishedAt) return sentOnly(answer);
  return ended(api, file, answer, options, telling);
}

function sentOnly({ run }: Answer): Output {
  return { data: run, lines: [`sent: run ${run.id}`, `how far it is: gangway run show ${run.id}`] };
}

async function ended(
  api: Api,
  file: RosterFile,
  { run: begun, note }: Answer,
  { errors, dryRun }: PushOptions,
  telling: Telling,
): Promise<Output> {
  const { words } = telling;
  const run = begun.finishedAt ? begun : await whenEnded(api, begun.id, telling);
  if (note) return { data: { ...run, note }, lines: [note, ...runLines(run, words)] };
  process.exitCode = exitCodeOf(run);
  const kept =
    errors === false ? null : await keepErrors(api, run, file, typeof errors === 'string' ? errors : null, words);
  const first = dryRun || run.state === 'held' ? await firstRows(api, run, words) : { rows: {}, lines: [] };
  const missing = kept?.path ? [] : rejectedLines(run, words);
  return {
    data: { ...run, errorFile: kept?.path ?? null, ...(dryRun ? { first: first.rows } : {}) },
    lines: [
      ...runLines(run, words),
      ...first.lines,
      ...(dryRun ? [words.tried] : []),
      ...(kept?.lines ?? []),
      ...missing,
    ],
  };
}

function rejectedLines({ id, counts }: Run, words: Telling['words']): string[] {
  return Number(counts['rejected'] ?? 0) > 0 ? [words.errorsBy(id)] : [];
}

/** `gangway roster release` and `discard`: what becomes of a held roster. */
export function decideCommand(kind: 'release' | 'discard', description: string): Command {
  return apiCommand<{ as?: string }>(`${kind} <run>`, description, async (api, [id = ''], { as }, command) => {
    if (as === undefined) usageError(command, 'say who decides: --as NAME');
    const path = `/runs/${encodeURIComponent(id)}`;
    const { run } = await api.call<Answer>('POST', `${path}/${kind}`, { actor: as });
    const telling = { progress: progressOn(process.stderr), words: ROSTER_WORDS.en };
    const end = run.finishedAt ? run : await whenEnded(api, run.id, telling);
    if (kind === 'release') process.exitCode = exitCodeOf(end);
    return { data: end, lines: [...runLines(end, telling.words), ...rejectedLines(end, telling.words)] };
  }).option('--as <name>', 'who decides');
}

/** The connection that is named, or the only one there is. */
export async function connectionOf(api: Api, named: string | undefined, command: Command): Promise<Named> {
  const { connection } = await api.call<{ connection: Named | null }>('GET', '/me');
  const all: Named[] = connection ? [connection] : await listConnections(api); // an API key may be for one alone
  const [only, ...others] = all;
  if (named !== undefined) return pick('connection', all, named);
  if (only && others.length === 0) return only;
  return usageError(command, 'say whose people they are: --connection NAME');
}

function exitCodeOf({ state, counts }: Run): number {
  if (state === 'held') return HELD;
  if (state !== 'done') return 1;
  return Number(counts['rejected'] ?? 0) > 0 ? WITH_REJECTS : 0;
}
