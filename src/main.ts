import { Command, CommanderError, Option } from 'commander';
import { adminCommands } from './cli/admin.ts';
import { isFault } from './errors.ts';

const NEEDED_NODE = 24;

const program = new Command('gangway')
  .description('SCIM 2.0 bridge: who works at a company, followed by the apps they use')
  .version('0.1.0')
  .exitOverride();

// heavy parts are imported by the command that needs them, so that the others start at once
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
  .action(async () => (await import('./serve.ts')).runMigrations());

program
  .command('demo')
  .description('play a day at a company against the running server')
  .option('--people <number>', 'how many join', '25')
  .option('--fast', 'without pauses')
  .action(async (options) => (await import('./demo/play.ts')).playDay(options));

for (const command of adminCommands()) program.addCommand(command);

if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE) {
  fail(
    `Gangway needs Node ${NEEDED_NODE} or newer; this is ${process.versions.node}. Start it by npm (npm start), ` +
      'which brings a fitting Node along, or install a newer one.',
  );
}
program.parseAsync().catch((error: unknown) => {
  // commander has said what was wrong with the command line, or answered --help
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  // a Fault is explained by its message; anything else is a bug and needs its stack
  fail(isFault(error) ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
});

function fail(message: string): never {
  process.stderr.write(`gangway: ${message}\n`);
  process.exit(1);
}
