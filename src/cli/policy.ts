import type { Command } from 'commander';
import { Fault, isFault } from '../errors.ts';
import type { Api } from './api.ts';
import { apiCommand, collect, group, type Output, usageError } from './command.ts';
import { listConnections, pick } from './named.ts';
import { pairs, textOf } from './pairs.ts';
import { type PlanView, planLines } from './plan.ts';
import { table } from './print.ts';

type Document = Record<string, unknown>;
type Shown = { policy: Document; from: Record<string, string>; set: Document; fields: Record<string, string> };
type Preview = {
  looked: number;
  changed: number;
  counts: Record<string, number>;
  people: { userName: string; before: string; after: string }[];
};
type Change = { as?: string; preset?: string; set?: string[]; unset?: string[]; file?: string };

/** `gangway policy`: what holds for a connection, what a change would do, and the change. */
export function policyCommand(): Command {
  return group('policy', 'what happens to joiners and leavers', [
    apiCommand<{ document?: boolean }>(
      'show <connection>',
      'show what holds, and where it comes from',
      async (api, [name = ''], { document }) => {
        const shown = await api.call<Shown>('GET', await pathOf(api, name));
        if (!document) return { data: shown, lines: linesOf(shown) };
        const { stringify } = await import('yaml');
        return { data: shown.set, lines: stringify(shown.set).trimEnd().split('\n') };
      },
    ).option('--document', 'only what it sets itself, as YAML for `policy set --file`'),
    withChange(
      apiCommand<Change>('set <connection>', 'change it', async (api, [name = ''], change, command) => {
        const path = await pathOf(api, name);
        const policy = await changed(api, path, change, command);
        try {
          const shown = await api.call<Shown>('PUT', path, policy);
          return { data: shown, lines: [`the policy of ${name} holds from now on:`, ...linesOf(shown)] };
        } catch (error) {
          if (!isFault(error, 'needs_second_person')) throw error;
          return proposed(api, name, policy, change);
        }
      }).option('--as <name>', 'who asks for it, where a second person must agree (default: operator)'),
    ),
    withChange(
      apiCommand<Change>(
        'preview <connection>',
        'show who would be dealt with differently',
        async (api, names, change, command) => {
          const path = await pathOf(api, names[0] ?? '');
          const preview = await api.call<Preview>('POST', `${path}/preview`, await changed(api, path, change, command));
          return { data: preview, lines: previewLines(preview) };
        },
      ),
    ),
  ]);
}

/** What one person alone may not change becomes a plan that somebody else approves. */
async function proposed(api: Api, name: string, policy: Document, { as = 'operator' }: Change): Promise<Output> {
  const connectionId = pick('connection', await listConnections(api), name).id;
  const change = { kind: 'policy', connectionId, policy };
  const plan = await api.call<PlanView>('POST', '/plans', { actor: as, change });
  const next = [
    'nothing was changed yet; somebody else must agree, then it can be applied:',
    `  gangway plan approve ${plan.id} --as NAME`,
    `  gangway plan apply ${plan.id} --as NAME`,
  ];
  return { data: plan, lines: [...planLines(plan), ...next] };
}

function withChange(command: Command): Command {
  return command
    .option('--preset <name>', 'fill the gaps by a named set: recommended, card-issuer, frontline … (docs/policy.md)')
    .option('--set <field=value>', 'set a field; several times; lists and objects as YAML', collect)
    .option('--unset <field>', 'leave a field to the preset or the tenant; several times', collect)
    .option('--file <path>', 'the whole policy as YAML or JSON instead of what is set now');
}

async function pathOf(api: Api, name: string): Promise<string> {
  return `/connections/${pick('connection', await listConnections(api), name).id}/policy`;
}

/** What the connection sets now, changed as the command line says. */
async function changed(api: Api, path: string, change: Change, command: Command): Promise<Document> {
  const { preset, set = [], unset = [], file } = change;
  const values = pairs(set);
  if (!values) usageError(command, '--set takes FIELD=VALUE');
  if (!preset && !set.length && !unset.length && !file)
    usageError(command, 'say what: --preset, --set, --unset or --file');
  const { parse } = await import('yaml'); // only here, so that the other commands start at once
  const start = file === undefined ? (await api.call<Shown>('GET', path)).set : fromFile(parse, file);
  const kept = Object.entries(start).filter(([field]) => !unset.includes(field));
  const given = Object.entries(values).map(([field, value]) => [field, parse(value)]);
  return { ...Object.fromEntries([...kept, ...given]), ...(preset ? { preset } : {}) };
}

function fromFile(parse: (text: string) => unknown, path: string): Document {
  const read: unknown = parse(textOf(path, '--file'));
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return { ...read };
  throw new Fault('config_invalid', `--file: ${path} holds no policy`);
}

function linesOf({ policy, from, set, fields }: Shown): string[] {
  const rows = Object.entries(policy).map(([field, value]) => [field, inWords(value), from[field], fields[field]]);
  const preset = set['preset'] ? [`preset ${String(set['preset'])}`] : [];
  return [...preset, ...table(['FIELD', 'VALUE', 'FROM', 'MEANS'], rows, 'there is no policy')];
}

function inWords(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function previewLines({ looked, changed: count, counts, people }: Preview): string[] {
  if (count === 0) return [`nobody of ${looked} would be dealt with differently`];
  const outcomes = Object.entries(counts).map(([outcome, number]) => `${outcome} ${number}`);
  const rows = people.map(({ userName, before, after }) => [userName, before, after]);
  const more = count > people.length ? [`and ${count - people.length} more`] : [];
  return [
    `${count} of ${looked} would be dealt with differently: ${outcomes.join(', ')}`,
    ...table(['USERNAME', 'NOW', 'THEN'], rows, ''),
    ...more,
  ];
}
