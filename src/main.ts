import { CommanderError } from 'commander';
import { isFault } from './errors.ts';
import { createProgram } from './program.ts';

const NEEDED_NODE = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE) {
  fail(
    `Gangway needs Node ${NEEDED_NODE} or newer; this is ${process.versions.node}. Start it by npm (npm start), ` +
      'which brings a fitting Node along, or install a newer one.',
  );
}
createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    // commander has said what was wrong with the command line, or answered --help
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    // a Fault is explained by its message; anything else is a bug and needs its stack
    fail(isFault(error) ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
  });

function fail(message: string): never {
  process.stderr.write(`gangway: ${message}\n`);
  process.exit(1);
}
