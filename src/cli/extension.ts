import { type Command, Option } from 'commander';
import { Fault } from '../errors.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import type { Api } from './api.ts';
import { apiCommand, group, type Output, usageError } from './command.ts';
import { textOf } from './pairs.ts';
import { table } from './print.ts';

type AddOptions = { file?: string; type?: string; required?: boolean; force?: boolean };

/** `gangway extension`: attributes that a tenant adds to people and groups. */
export function extensionCommand(): Command {
  return group('extension', 'attributes that you add to people and groups', [
    apiCommand('list', 'show all extensions', async (api) => {
      const { extensions } = await api.call<{ extensions: ExtensionSchema[] }>('GET', '/extensions');
      const rows = extensions.map(({ urn, resourceType, required, attributes }) => [
        urn,
        resourceType,
        required ? 'required' : 'optional',
        attributes.map(({ name }) => name).join(', '),
      ]);
      const nothing = 'no extensions yet: gangway extension add --file schema.json';
      return { data: extensions, lines: table(['URN', 'OF', 'IS', 'ATTRIBUTES'], rows, nothing) };
    }),
    addCommand(),
    apiCommand<{ force?: boolean }>('remove <urn>', 'take an extension away', async (api, [urn = ''], { force }) => {
      await api.call('DELETE', pathOf(urn, force));
      return { data: { urn, removed: true }, lines: [`extension ${urn} is removed`] };
    }).option('--force', 'and erase what people and groups carry of it'),
  ]);
}

function addCommand(): Command {
  return apiCommand<AddOptions>(
    'add',
    'declare an extension, or declare it anew',
    async (api, _names, options, command) => {
      if (options.file === undefined) usageError(command, 'give the schema as --file PATH');
      return add(api, await schemaIn(options.file), options);
    },
  )
    .option('--file <path>', 'a Schema resource (RFC 7643 §7) as JSON or YAML, as any server’s /Schemas has it')
    .addOption(new Option('--type <type>', 'what it extends (default: User)').choices(['User', 'Group']))
    .option('--required', 'everybody must carry it')
    .option('--force', 'even where that loses or misreads what people carry');
}

async function add(api: Api, schema: Record<string, unknown>, { type, required, force }: AddOptions): Promise<Output> {
  const urn = schema['urn'] ?? schema['id'];
  if (typeof urn !== 'string') throw new Fault('config_invalid', '--file: the schema has no "id" (its URN)');
  const given = { ...(type ? { resourceType: type } : {}), ...(required ? { required } : {}) };
  const made = await api.call<ExtensionSchema>('PUT', pathOf(urn, force), { ...schema, ...given });
  const lines = [
    `extension ${made.urn} is declared: ${made.attributes.map(({ name }) => name).join(', ')}`,
    'other instances of the server know it within two seconds',
  ];
  return { data: made, lines };
}

/** A file with one schema; JSON is YAML, too. */
async function schemaIn(path: string): Promise<Record<string, unknown>> {
  const { parseDocument } = await import('yaml'); // only here, so that the other commands start at once
  const document = parseDocument(textOf(path, '--file'), { logLevel: 'silent' });
  const [error] = document.errors;
  if (error) throw new Fault('config_invalid', `--file: ${path} is neither JSON nor YAML: ${error.message}`);
  const schema: unknown = document.toJS();
  if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return { ...schema };
  throw new Fault('config_invalid', `--file: ${path} holds no schema`);
}

function pathOf(urn: string, force = false): string {
  return `/extensions/${encodeURIComponent(urn)}${force ? '?force=true' : ''}`;
}
