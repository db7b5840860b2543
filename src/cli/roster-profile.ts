import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Fault } from '../errors.ts';
import type { Proposal } from '../roster/read/propose.ts';
import type { Api } from './api.ts';
import { apiCommand, group, localCommand, type Output, usageError } from './command.ts';
import { listConnections, pick } from './named.ts';
import { textOf } from './pairs.ts';
import { table } from './print.ts';
import { rosterFile } from './roster-file.ts';
import { propose } from './roster-local.ts';

type Shown = { set: Record<string, unknown>; profile: Record<string, unknown>; fields: Record<string, string> };
/** `gangway roster profile`: which column of the file is what. */
export function profileCommand(): Command {
  return group('profile', 'which column of the file is what', [
    apiCommand('show <connection>', 'show what holds', async (api, [name = '']) => {
      return shownProfile(await api.call<Shown>('GET', await profileOf(api, name)));
    }),
    setCommand(),
  ]);
}

/** `gangway roster propose`: a profile to begin with; needs no server. */
export function proposeCommand(): Command {
  return localCommand<{ encoding?: string; row?: string; out?: string }>(
    'propose <file>',
    'propose a profile from the headers and first rows of a file; nothing is saved',
    async ([file = ''], { encoding, row, out }) => {
      const proposal = await propose(rosterFile(file), { encoding, row });
      const { stringify } = await import('yaml');
      if (out !== undefined) writeFileSync(out, stringify(proposal.profile));
      return proposed(proposal, stringify(proposal.profile));
    },
  )
    .option('--encoding <name>', 'of a file that is not UTF-8')
    .option('--row <element>', 'the element of an XML that is one person')
    .option('--out <file>', 'write the profile here, to look at and to set');
}

function proposed(proposal: Proposal, yaml: string): Output {
  const asked = proposal.questions.map((question) => `say first: ${question}`);
  return { data: proposal, lines: [...proposalLines(proposal), ...asked, '', yaml.trimEnd()] };
}

function proposalLines({ columns }: Proposal): string[] {
  const rows = columns.map(({ column, attribute, confidence, reason }) => [
    column,
    attribute,
    attribute === null ? '' : `${Math.round(confidence * 100)} %`,
    reason,
  ]);
  return table(['COLUMN', 'IS', 'SURE', 'WHY'], rows, 'no columns');
}

function setCommand(): Command {
  return apiCommand<{ file?: string }>(
    'set <connection>',
    'replace the profile; the next roster is read by it',
    async (api, [name = ''], { file }, command) => {
      if (file === undefined) usageError(command, 'say which: --file PROFILE, as YAML or JSON');
      return shownProfile(await api.call<Shown>('PUT', await profileOf(api, name), await profileIn(file)));
    },
  ).option('--file <path>', 'the profile as YAML or JSON');
}

/** The profile in a file. */
export async function profileIn(path: string): Promise<Record<string, unknown>> {
  const { parse } = await import('yaml');
  const read: unknown = parse(textOf(path, '--profile'));
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return { ...read };
  throw new Fault('config_invalid', `${path} holds no profile: docs/rosters.md shows one`);
}

async function profileOf(api: Api, name: string): Promise<string> {
  return `/connections/${pick('connection', await listConnections(api), name).id}/roster-profile`;
}

function shownProfile(shown: Shown): Output {
  const rows = Object.entries(shown.fields).map(([field, words]) => {
    const value = shown.profile[field];
    const said = value === undefined ? '-' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [field, said, field in shown.set ? 'set' : 'left out', words];
  });
  return { data: shown, lines: table(['FIELD', 'VALUE', '', 'MEANS'], rows, 'no fields') };
}
