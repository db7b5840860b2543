import { HELP, readOptions } from './options.ts';
import { runScim } from './scim.ts';

const [what, ...args] = process.argv.slice(2);
const options = what === 'scim' ? readOptions(args) : null;
if (!options) process.stdout.write(HELP);
else process.exit(await runScim(options)); // connections of the driver may still be open
