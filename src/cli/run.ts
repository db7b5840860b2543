import type { Command } from 'commander';
import { apiCommand, group } from './command.ts';
import { listConnections, pick } from './named.ts';
import { table, when } from './print.ts';
import { undoRunCommand } from './undo.ts';

export type Run = {
  id: string;
  kind: string;
  state: string;
  connection: { name: string };
  target: { name: string } | null;
  askedBy: string;
  forced: boolean;
  counts: Record<string, number | string>;
  error: string | null;
  startedAt: string;
  finishedAt: string | null;
};

/** What each count says; what is not here is shown under its own name. */
const WORDS: Readonly<Record<string, string>> = {
  accounts: 'accounts that the app listed',
  links: 'accounts linked to somebody',
  missing: 'linked, and not in the list',
  extra: 'linked to nobody: never touched',
  matched: 'people without an account whose e-mail address one of these carries',
  differs: 'not as they were left',
  accepted: 'invitations that were accepted',
  resurrected: 'suspended here, in use there',
  marked: 'people who are looked at because of it',
};

/** `gangway reconcile`: compare all accounts with what should be there, now. */
export function reconcileCommand(): Command {
  return apiCommand<{ force?: boolean }>(
    'reconcile <connection>',
    'compare all accounts of its targets with what should be there, now',
    async (api, [name = ''], { force = false }) => {
      const { id } = pick('connection', await listConnections(api), name);
      const { runs } = await api.call<{ runs: Run[] }>('POST', `/connections/${id}/reconcile`, { force });
      const lines = runs.map((run) => `${run.target?.name ?? name}: asked for; gangway run show ${run.id}`);
      return { data: runs, lines: lines.length ? lines : [`no target follows connection ${name}`] };
    },
  ).option('--force', 'believe the lists however many accounts are missing; those people are invited again');
}

/** `gangway run`: what was compared in one go. */
export function runCommand(): Command {
  return group('run', 'what was compared in one go, and what it found', [
    apiCommand<{ connection?: string }>('list', 'show the newest runs', async (api, _names, { connection }) => {
      const only = connection === undefined ? null : pick('connection', await listConnections(api), connection).id;
      const { runs } = await api.call<{ runs: Run[] }>('GET', `/runs${only === null ? '' : `?connection=${only}`}`);
      const rows = runs.map((run) => [
        run.kind,
        run.state,
        run.connection.name,
        run.target?.name,
        when(run.startedAt),
        inShort(run),
        run.id,
      ]);
      const headings = ['KIND', 'STATE', 'CONNECTION', 'TARGET', 'STARTED', 'FOUND', 'ID'];
      return { data: runs, lines: table(headings, rows, 'no runs yet') };
    }).option('--connection <name>', 'of this connection only'),
    apiCommand('show <id>', 'show one run and its counts', async (api, [id = '']) => {
      const run = await api.call<Run>('GET', `/runs/${encodeURIComponent(id)}`);
      return { data: run, lines: linesOf(run) };
    }),
    undoRunCommand(),
  ]);
}

/** One run in a line: why it did not work, or what it found. */
export function inShort({ kind, state, error, counts }: Run): string {
  if (error) return error;
  if (kind === 'undo') return `${counts['restored'] ?? 0} accounts are as they were before`;
  if (kind === 'roster') return rosterInShort(counts);
  if (kind === 'positions') return `${counts['rows'] ?? 0} positions, rejected ${counts['rejected'] ?? 0}`;
  if (state === 'asked' || state === 'running') return 'not known yet';
  const { missing = 0, differs = 0, resurrected = 0, marked = 0 } = counts;
  if (Number(marked) === 0) return 'all as it should be';
  if (counts['basis'] === 'sample') return `${marked} people are looked at`;
  return `missing ${missing}, differs ${differs}, resurrected ${resurrected}`;
}

function rosterInShort(counts: Run['counts']): string {
  const told = ['new', 'changed', 'returned', 'missing', 'rejected'].map((name) => `${name} ${counts[name] ?? 0}`);
  return told.join(', ');
}

function linesOf(run: Run): string[] {
  const { kind, connection, target, state, askedBy, forced, startedAt, finishedAt, error, counts } = run;
  const rows = Object.entries(counts).map(([name, value]) => [name, String(value), WORDS[name]]);
  const hold =
    kind === 'roster'
      ? `if that is right: gangway roster release ${run.id} --as NAME`
      : `if that is right: gangway reconcile ${connection.name} --force`;
  return [
    `${kind} of ${connection.name}${target ? ` at ${target.name}` : ''}: ${state}`,
    `asked for by ${askedBy}${forced ? ', to be believed in any case' : ''}`,
    `started ${when(startedAt)}${finishedAt ? `, ended ${when(finishedAt)}` : ''}`,
    ...(error ? [error] : []),
    ...(state === 'held' ? [hold] : []),
    ...(rows.length ? ['', ...table(['COUNT', '', ''], rows, '')] : []),
  ];
}
