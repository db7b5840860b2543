import type { Command } from 'commander';
import { apiCommand } from './command.ts';
import { table } from './print.ts';

type Home = {
  needs: Record<string, number>;
  countedTo: number;
  setup: { connection: { name: string }; words: string; command: string }[];
  days: { day: string; joiners: number; movers: number; leavers: number; failed: number; p95Ms: number | null }[];
  targets: { name: string; downSince: string | null }[];
};

/** What each number means, and where to go on. */
const NEEDS: Readonly<Record<string, string>> = {
  holds: 'holds wait for a decision: gangway hold list',
  heldPeople: 'people whose loss of access is held',
  failed: 'accounts where every try has failed: gangway person search --state failed',
  waiting: 'people wait for you: gangway person list --state waiting',
  edited: 'accounts that others have edited: gangway person list --state edited',
  heldRosters: 'rosters are held: gangway run list',
  refusedRosters: 'rosters were refused in the last seven days: gangway notice list',
  tokensExpiring: 'tokens end within thirty days: gangway token list CONNECTION',
};

/** `gangway home`: what needs you, and what happened. */
export function homeCommand(): Command {
  return apiCommand('home', 'show what needs you, and what happened in the last thirty days', async (api) => {
    const home = await api.call<Home>('GET', '/home');
    return { data: home, lines: linesOf(home) };
  });
}

function linesOf({ needs, countedTo, setup, days, targets }: Home): string[] {
  const open = Object.entries(needs).filter(([, count]) => count > 0);
  const counted = (count: number) => (count >= countedTo ? `${count} or more` : String(count));
  const rows = days.map(({ day, joiners, movers, leavers, failed, p95Ms }) => [
    day,
    ...[joiners, movers, leavers, failed].map(String),
    p95Ms === null ? null : `${p95Ms} ms`,
  ]);
  return [
    ...open.map(([name, count]) => `${counted(count)} ${NEEDS[name] ?? name}`),
    ...setup.map(({ connection, words, command }) => `${connection.name}: ${words}\n  ${command}`),
    ...targets.flatMap(({ name, downSince }) => (downSince === null ? [] : [`${name} does not answer`])),
    ...(open.length + setup.length === 0 ? ['nothing waits for you'] : []),
    '',
    ...table(['DAY', 'JOINED', 'CHANGED', 'LEFT', 'FAILED', '95 % WITHIN'], rows, 'nothing was delivered yet'),
  ];
}
