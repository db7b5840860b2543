import { type Command, Option } from 'commander';
import { CLIENTS } from '../opening/script.ts';
import { apiCommand } from './command.ts';
import { listConnections, pick } from './named.ts';
import { printable } from './text-width.ts';

type Wish = { client?: string };
type Checked = { client: string; passed: boolean; steps: { passed: boolean; words: string }[] };

/** `gangway connection opening-check`: whether the first requests of its client work, played by the server itself. */
export function openingCheckCommand(): Command {
  return apiCommand<Wish>(
    'opening-check <name>',
    'have the server play what its client asks first',
    async (api, [name = ''], { client }) => {
      const { id } = pick('connection', await listConnections(api), name);
      const path = `/connections/${id}/opening-check`;
      const checked = await api.call<Checked>('POST', path, client === undefined ? {} : { client });
      if (!checked.passed) process.exitCode = 1;
      const steps = checked.steps.map(({ passed, words }) => printable(`${passed ? '✓' : '✗'} ${words}`));
      const last = `To try the address and the token that were pasted: gangway doctor --connection ${name}`;
      return { data: checked, lines: [...steps, '', last] };
    },
  ).addOption(new Option('--client <client>', 'whose requests (default: by its profile)').choices([...CLIENTS]));
}
