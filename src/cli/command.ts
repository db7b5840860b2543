import { Command, InvalidArgumentError, Option } from 'commander';
import type { Api, ApiOptions } from './api.ts';

const USAGE_ERROR = 2;

/** What a command prints: data for scripts (--json) and lines for people. */
export type Output = { data: unknown; lines: string[] };
type Run<Options> = (api: Api, names: string[], options: Options & ApiOptions, command: Command) => Promise<Output>;

/** A command that only holds others. */
export function group(name: string, description: string, members: Command[]): Command {
  const holder = careful(new Command(name).description(description));
  for (const member of members) holder.addCommand(member);
  return holder;
}

/** A command that asks the API and prints what it learnt; `usage` is its name and arguments. */
export function apiCommand<Options = unknown>(usage: string, description: string, run: Run<Options>): Command {
  const [name = usage, ...names] = usage.split(' ');
  const command = careful(new Command(name).description(description));
  for (const argument of names) command.argument(argument);
  command
    .addOption(
      new Option('--url <url>', 'where the server answers (default: http://127.0.0.1:PORT)').argParser(httpUrl),
    )
    .addOption(
      new Option('--key <key>', 'the admin key (default: the file admin-key in GANGWAY_DATA)').env('GANGWAY_ADMIN_KEY'),
    )
    .addOption(new Option('--tenant <name>', 'name or id; needed when there are several'))
    .addOption(new Option('--json', 'print JSON'));
  return command.action(async () => {
    const options = command.opts<Options & ApiOptions & { json?: boolean }>();
    const { createApi } = await import('./api.ts'); // it brings zod along, which --help need not wait for
    const { data, lines } = await run(createApi(options), command.args, options, command);
    process.stdout.write(
      options.json ? `${JSON.stringify(data, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
    );
  });
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
