import type { Command } from 'commander';
import { apiCommand } from './command.ts';
import { listConnections, pick } from './named.ts';
import { table, when } from './print.ts';
import { inShort, type Run } from './run.ts';

type Rhythm = {
  reconcile: 'off' | { everyHours: number };
  targets: { target: { name: string }; lastRun: Run | null; nextAt: string | null }[];
};

/** `gangway connection show`: one connection, and when the accounts of its targets are compared with it. */
export function showCommand(): Command {
  return apiCommand('show <name>', 'show one connection, its last and next runs', async (api, [name = '']) => {
    const connection = pick('connection', await listConnections(api), name);
    const rhythm = await api.call<Rhythm>('GET', `/connections/${connection.id}/reconcile`);
    const rows = rhythm.targets.map(({ target, lastRun, nextAt }) => [
      target.name,
      lastRun ? `${when(lastRun.startedAt)}, ${lastRun.state}` : 'never',
      lastRun ? inShort(lastRun) : null,
      connection.state === 'enabled' && nextAt ? when(nextAt) : 'none planned',
    ]);
    const { profile, state, id } = connection;
    const lines = [
      `${connection.name}: ${state}, profile ${profile}, ${id}`,
      `accounts are compared ${rhythmInWords(rhythm)}`,
      '',
      ...table(['TARGET', 'LAST RUN', 'FOUND', 'NEXT RUN'], rows, 'no target follows it'),
    ];
    return { data: { ...connection, ...rhythm }, lines };
  });
}

function rhythmInWords({ reconcile }: Rhythm): string {
  if (reconcile === 'off') return 'only when somebody asks: gangway reconcile';
  return reconcile.everyHours === 1 ? 'every hour' : `every ${reconcile.everyHours} hours`;
}
