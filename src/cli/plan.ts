import type { Command } from 'commander';
import type { Api } from './api.ts';
import { agreed, type Consent, yesOption } from './ask.ts';
import { apiCommand, group, type Output } from './command.ts';
import { table, when } from './print.ts';

export type PlanView = {
  id: string;
  kind: string;
  state: string;
  counts: Record<string, number>;
  items: { userName: string; before: string; after: string }[];
  reasons: string[];
  createdBy: string;
  createdAt: string;
  expiresAt: string;
  approvedBy: string | null;
};
type As = { as: string };

/** `gangway plan`: changes that were looked at, and wait for a second person or for their hour. */
export function planCommand(): Command {
  return group('plan', 'changes that were looked at before they are made', [
    apiCommand('list', 'show the latest, the newest first', async (api) => {
      const { plans } = await api.call<{ plans: PlanView[] }>('GET', '/plans');
      const rows = plans.map(({ id, kind, state, counts, createdBy, createdAt }) => [
        state,
        kind,
        total(counts),
        createdBy,
        when(createdAt),
        id,
      ]);
      return {
        data: plans,
        lines: table(['STATE', 'KIND', 'CHANGES', 'BY', 'MADE', 'ID'], rows, 'nobody made a plan'),
      };
    }),
    apiCommand('show <id>', 'show what it would do', async (api, [id = '']) => {
      const plan = await api.call<PlanView>('GET', pathOf(id));
      return { data: plan, lines: planLines(plan) };
    }),
    decideCommand('approve', 'agree as the second person'),
    decideCommand('apply', 'do it, if it would still do the same'),
    decideCommand('discard', 'give it up'),
  ]);
}

function decideCommand(decision: 'approve' | 'apply' | 'discard', description: string): Command {
  return apiCommand<As>(`${decision} <id>`, description, async (api, [id = ''], { as }) => {
    const plan = await api.call<PlanView>('POST', `${pathOf(id)}/${decision}`, { actor: as });
    return { data: plan, lines: [`plan ${plan.id} is ${plan.state}`] };
  }).requiredOption('--as <name>', 'who answers for it');
}

/** Makes a plan, shows it, and applies it when whoever asked agrees. */
export async function planAndApply(
  api: Api,
  change: object,
  question: string,
  options: Consent & { as?: string },
  command: Command,
): Promise<Output> {
  const actor = options.as ?? 'operator';
  const plan = await api.call<PlanView>('POST', '/plans', { actor, change });
  if (total(plan.counts) === '0') return { data: plan, lines: ['there is nothing to do'] };
  if (!(await agreed(planLines(plan), question, options, command))) {
    return { data: plan, lines: [`nothing was changed; plan ${plan.id} is kept: gangway plan apply`] };
  }
  const applied = await api.call<PlanView>('POST', `${pathOf(plan.id)}/apply`, { actor });
  return { data: applied, lines: ['done: the worker brings the accounts there now'] };
}

/** The question before, and who answers for it. */
export function withConsent(command: Command): Command {
  return command.addOption(yesOption()).option('--as <name>', 'who answers for it (default: operator)');
}

/** A plan in words: its numbers, why a second person is needed, and the first of its people. */
export function planLines({
  id,
  kind,
  state,
  counts,
  items,
  reasons,
  createdBy,
  approvedBy,
  expiresAt,
}: PlanView): string[] {
  const numbers = Object.entries(counts).map(([outcome, count]) => `${outcome} ${count}`);
  const rows = items.map(({ userName, before, after }) => [userName, before, after]);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return [
    `plan ${id} (${kind}) is ${state}; made by ${createdBy}${approvedBy ? `, approved by ${approvedBy}` : ''}`,
    ...(state === 'open' || state === 'approved' ? [`it can be applied until ${expiresAt}`] : []),
    ...reasons.map((reason) => `needs a second person: ${reason}`),
    numbers.length ? `changes: ${numbers.join(', ')}` : 'nobody would be dealt with differently',
    ...table(['WHO', 'NOW', 'THEN'], rows, ''),
    ...(all > items.length ? [`and ${all - items.length} more`] : []),
  ];
}

function total(counts: Record<string, number>): string {
  return String(Object.values(counts).reduce((sum, count) => sum + count, 0));
}

function pathOf(id: string): string {
  return `/plans/${encodeURIComponent(id)}`;
}
