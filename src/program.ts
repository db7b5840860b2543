import { Command, Option } from 'commander';
import { adminCommands } from './cli/admin.ts';

/** All commands of `gangway`. Heavy parts are imported by the command that needs them, so that the others start at once. */
export function createProgram(): Command {
  const program = new Command('gangway')
    .description('SCIM 2.0 bridge: who works at a company, followed by the apps they use')
    .version('0.1.0')
    .enablePositionalOptions() // else `roster`, which has options itself, would take those of its sub-commands
    .exitOverride();
  program
    .command('serve')
    .description('answer SCIM requests and deliver to the targets')
    .option('--demo', 'with a demo connection and the sandbox as its target, made once')
    .option('--json', 'print one JSON line on stdout when ready, nothing else')
    .addOption(new Option('--role <role>', 'what this process does').choices(['all', 'api', 'worker']).default('all'))
    .action(async (options) => (await import('./serve.ts')).serve(options));
  program
    .command('migrate')
    .description('bring the schema of DATABASE_URL up to date and exit')
    .option('--json', 'print JSON')
    .action(async (options) => (await import('./serve.ts')).runMigrations(options));
  program
    .command('demo')
    .description('play a day at a company against the running server')
    .option('--people <number>', 'how many join', '25')
    .option('--fast', 'without pauses')
    .option('--json', 'print one JSON line for each part of the day')
    .action(async (options) => (await import('./demo/play.ts')).playDay(options));
  for (const command of adminCommands()) program.addCommand(command);
  return program;
}
