import type { Command } from 'commander';
import { apiCommand } from './command.ts';
import { listConnections, pick } from './named.ts';
import { table } from './print.ts';

type Ability = { ability: string; able: boolean; why: string | null };
type View = { targets: { name: string; attributes: string[]; abilities: Ability[] }[] };

/** `gangway connection capabilities`: what works at each target, and why the rest does not. */
export function capabilitiesCommand(): Command {
  return apiCommand('capabilities <name>', 'show what works at each target, and what does not', async (api, names) => {
    const { id } = pick('connection', await listConnections(api), names[0] ?? '');
    const view = await api.call<View>('GET', `/connections/${id}/capabilities`);
    const lines = view.targets.flatMap(({ name, attributes, abilities }) => [
      `at ${name}: ${attributes.join(', ') || 'no attributes'}`,
      ...table(
        ['CAN', '', 'WHY NOT'],
        abilities.map(({ ability, able, why }) => [ability, able ? 'yes' : 'no', why]),
        '',
      ),
    ]);
    return { data: view, lines: lines.length ? lines : ['no target follows it'] };
  });
}
