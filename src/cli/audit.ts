import type { Command } from 'commander';
import { apiCommand } from './command.ts';
import { table, when } from './print.ts';

type Entry = { id: string; at: string; actor: string; action: string; subject: string };
type Which = { subject?: string; action?: string; actor?: string; from?: string; until?: string; limit: string };

/** `gangway audit`: who changed what. */
export function auditCommand(): Command {
  return apiCommand<Which>('audit', 'show who changed what, the newest first', async (api, _names, options) => {
    const query = new URLSearchParams({ limit: options.limit });
    for (const name of ['subject', 'action', 'actor', 'from', 'until'] as const) {
      if (options[name] !== undefined) query.set(name, options[name]);
    }
    const { entries } = await api.call<{ entries: Entry[] }>('GET', `/audit?${query}`);
    const rows = entries.map(({ at, actor, action, subject }) => [when(at), actor, action, subject]);
    return { data: entries, lines: table(['WHEN', 'WHO', 'WHAT', 'OF'], rows, 'nothing was changed') };
  })
    .option('--subject <id>', 'of this person, connection, target …')
    .option('--action <name>', 'like policy.change')
    .option('--actor <name>', 'by this person')
    .option('--from <time>', 'not before, like 2026-01-31T00:00:00Z')
    .option('--until <time>', 'before this time')
    .option('--limit <number>', 'how many', '100');
}
