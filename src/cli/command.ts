import { Command, InvalidArgumentError, Option } from 'commander';
import type { Api, ApiOptions } from './api.ts';
import type { Settings } from './settings/settings.ts';

const USAGE_ERROR = 2;

/** What a command prints: data for scripts (--json) and lines for people. */
export type Output = { data: unknown; lines: string[] };
type Reached = ApiOptions & { settings: Settings };
type Run<Options> = (api: Api, names: string[], options: Options & Reached, command: Command) => Promise<Output>;

/** A command that only holds others. */
export function group(name: string, description: string, members: Command[]): Command {
  const holder = careful(new Command(name).description(description));
  for (const member of members) holder.addCommand(member);
  return holder;
}

/** A command that asks the API and prints what it learnt; `usage` is its name and arguments. */
export function apiCommand<Options = unknown>(usage: string, description: string, run: Run<Options>): Command {
  const command = withApiOptions(bare(usage, description)).addOption(jsonOption());
  return command.action(async () => {
    const options = command.opts<Options & ApiOptions & { json?: boolean }>();
    const reached = { ...options, ...(await apiOptions(options)) };
    const { createApi } = await import('./api.ts'); // it brings zod along, which --help need not wait for
    print(await run(createApi(reached), command.args, reached, command), options.json);
  });
}

type RunHere<Options> = (names: string[], options: Options, command: Command) => Promise<Output>;

/** A command that needs no server and no network. */
export function localCommand<Options = unknown>(usage: string, description: string, run: RunHere<Options>): Command {
  const command = bare(usage, description).addOption(jsonOption());
  return command.action(async () => {
    const options = command.opts<Options & { json?: boolean }>();
    print(await run(command.args, options, command), options.json);
  });
}

/** The options that say which server, which key and which tenant. */
export function withApiOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'where the server answers (default: http://127.0.0.1:PORT)').argParser(httpUrl),
    )
    .addOption(
      new Option(
        '--key <key>',
        'the admin key, or an API key (default: GANGWAY_API_KEY, or the file admin-key in GANGWAY_DATA)',
      ).env('GANGWAY_ADMIN_KEY'),
    )
    .addOption(new Option('--key-file <path>', 'the file that the admin key is in: no list of processes shows it'))
    .addOption(new Option('--tenant <name>', 'name or id; needed when there are several'));
}

/** What the options leave open is said by the environment, or by the files of `gangway config show`. */
export async function apiOptions(options: ApiOptions): Promise<ApiOptions & { settings: Settings }> {
  const [{ readSettings }, { useProxies }] = await Promise.all([import('./settings/read.ts'), import('./proxy.ts')]);
  const { url, keyFile, tenant } = options;
  const settings = await readSettings({ url, keyFile, tenant });
  useProxies();
  const filled = { url: settings.url?.value, keyFile: settings.keyFile?.value, tenant: settings.tenant?.value };
  return { key: options.key, ...filled, settings };
}

function jsonOption(): Option {
  return new Option('--json', 'print JSON');
}

function bare(usage: string, description: string): Command {
  const [name = usage, ...names] = usage.split(' ');
  const command = careful(new Command(name).description(description));
  for (const argument of names) command.argument(argument);
  return command;
}

function print({ data, lines }: Output, json = false): void {
  process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''));
}

/** Ends with what is wrong about the command line; `message` must repeat no value. */
export function usageError(command: Command, message: string): never {
  command.error(`error: ${message}`, { exitCode: USAGE_ERROR });
}

/** Collects an option that may be given several times. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

function httpUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Give an address like http://127.0.0.1:8080.');
}

function careful(command: Command): Command {
  return command
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_ERROR))
    .configureOutput({ outputError: (text, write) => write(withoutValues(text)) });
}

/** A mistyped command line may hold a secret, and terminals of build servers are kept: name options, not values. */
function withoutValues(text: string): string {
  return text.replace(/'(-[\w-]+)=[^\n]*'/g, "'$1'").replace(/(but got \d+): [^\n]*/, '$1.');
}
