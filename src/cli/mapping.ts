import type { Command } from 'commander';
import { Fault } from '../errors.ts';
import type { Api } from './api.ts';
import { apiCommand, group, usageError } from './command.ts';
import {
  type MappingPreview,
  previewLines,
  type Tried,
  triedLines,
  type Unmatched,
  unmatchedLines,
} from './mapping-words.ts';
import { listConnections, pick } from './named.ts';
import { textOf } from './pairs.ts';

type Document = Record<string, unknown>;
type FromFile = { file?: string };
type Trial = FromFile & { person?: string; resource?: string };

/** `gangway mapping`: how a connection's people become accounts. */
export function mappingCommand(): Command {
  return group('mapping', 'how people become accounts: attributes, groups, who is in scope', [
    apiCommand('show <connection>', 'print the document, as `set --file` takes it', async (api, [name = '']) => {
      const { mapping } = await api.call<{ mapping: Document }>('GET', await pathOf(api, name));
      const { stringify } = await import('yaml'); // only here, so that the other commands start at once
      return { data: mapping, lines: stringify(mapping, { lineWidth: 0 }).trimEnd().split('\n') };
    }),
    withFile(
      apiCommand<FromFile>('set <connection>', 'replace the document', async (api, [name = ''], { file }, command) => {
        const mapping = await documentIn(file ?? missing(command), '--file');
        await api.call('PUT', await pathOf(api, name), mapping);
        return { data: mapping, lines: [`the mapping of ${name} holds from now on; everybody is looked at again`] };
      }),
    ),
    withFile(
      apiCommand<FromFile>(
        'preview <connection>',
        'show who would change',
        async (api, [name = ''], { file }, command) => {
          const mapping = await documentIn(file ?? missing(command), '--file');
          const preview = await api.call<MappingPreview>('POST', `${await pathOf(api, name)}/preview`, mapping);
          return { data: preview, lines: previewLines(preview) };
        },
      ),
    ),
    withFile(testCommand()),
    apiCommand('unmatched <connection>', 'show values that the tables do not name', async (api, [name = '']) => {
      const unmatched = await api.call<Unmatched>('GET', `${await pathOf(api, name)}/unmatched`);
      return { data: unmatched, lines: unmatchedLines(unmatched) };
    }),
  ]);
}

function testCommand(): Command {
  return apiCommand<Trial>(
    'test <connection>',
    'show what the mapping makes of one person, rule by rule; changes nothing',
    async (api, [name = ''], { person, resource, file }, command) => {
      if ((person === undefined) === (resource === undefined)) usageError(command, 'say who: --person or --resource');
      const tried = await api.call<Tried>('POST', `${await pathOf(api, name)}/test`, {
        ...(person === undefined ? {} : { person }),
        ...(resource === undefined ? {} : { resource: await documentIn(resource, '--resource') }),
        ...(file === undefined ? {} : { mapping: await documentIn(file, '--file') }),
      });
      return { data: tried, lines: triedLines(tried) };
    },
  )
    .option('--person <name>', 'the userName or id of somebody in the directory')
    .option('--resource <path>', 'a file with a SCIM user, as YAML or JSON');
}

function withFile(command: Command): Command {
  return command.option('--file <path>', 'a mapping as YAML or JSON');
}

function missing(command: Command): never {
  usageError(command, 'say which mapping: --file PATH; `gangway mapping show` prints the one that holds');
}

async function pathOf(api: Api, name: string): Promise<string> {
  return `/connections/${pick('connection', await listConnections(api), name).id}/mapping`;
}

async function documentIn(path: string, what: string): Promise<Document> {
  const { parse } = await import('yaml');
  const text = textOf(path, what);
  const read: unknown = parsed(parse, text, path, what);
  if (read === null) return {}; // an empty file is an empty document
  if (typeof read === 'object' && !Array.isArray(read)) return { ...read };
  throw new Fault('config_invalid', `${what}: ${path} holds no document`);
}

function parsed(parse: (text: string) => unknown, text: string, path: string, what: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('config_invalid', `${what}: ${path} is not valid YAML: ${words}`, { cause });
  }
}
