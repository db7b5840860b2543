import type { Command } from 'commander';
import { apiCommand } from './command.ts';
import { listConnections, pick } from './named.ts';
import { table, when } from './print.ts';

type QuirkItem = { quirk: string; what: string; whose: string; expected: boolean; count: number; lastSeen: string };

/** `gangway connection quirks`: in what ways a connection deviates from the RFC, and whether its profile expects that. */
export function quirksCommand(): Command {
  return apiCommand('quirks <name>', 'show how its requests deviate from the RFC', async (api, [name = '']) => {
    const { id } = pick('connection', await listConnections(api), name);
    const data = await api.call<{ profile: string; quirks: QuirkItem[] }>('GET', `/connections/${id}/quirks`);
    const rows = data.quirks.map(({ quirk, count, lastSeen, expected, what }) => [
      quirk,
      String(count),
      when(lastSeen),
      expected ? 'expected' : 'NOT EXPECTED',
      what,
    ]);
    const nothing = `nothing so far: connection ${name} keeps to the RFC, or sends nothing`;
    const headings = ['QUIRK', 'REQUESTS', 'LAST SEEN', `BY ${data.profile.toUpperCase()}`, 'WHAT IT SENDS'];
    return { data, lines: [...table(headings, rows, nothing), ...hints(data)] };
  });
}

/** An unexpected quirk was accepted as well, so it is a hint and no error. */
function hints({ profile, quirks }: { profile: string; quirks: QuirkItem[] }): string[] {
  const odd = quirks.filter(({ expected, whose }) => !expected && whose !== '');
  if (odd.length === 0) return [];
  const habits = [...new Set(odd.map(({ whose }) => whose))].join(', ');
  return [
    '',
    `profile ${profile} does not expect all of this; it is a habit of: ${habits}. Is the profile the right one?`,
  ];
}
