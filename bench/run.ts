import { DELIVERY_HELP, readDeliveryOptions } from './delivery/options.ts';
import { runDelivery } from './delivery.ts';
import { HELP, readOptions } from './options.ts';
import { runScim } from './scim.ts';

const [what, ...args] = process.argv.slice(2);

/** The exit code, or null where help is wanted. */
async function run(): Promise<number | null> {
  const scim = what === 'scim' ? readOptions(args) : null;
  if (scim) return runScim(scim);
  const delivery = what === 'delivery' ? readDeliveryOptions(args) : null;
  return delivery ? runDelivery(delivery) : null;
}

const code = await run();
if (code === null)
  process.stdout.write(what === 'scim' ? HELP : what === 'delivery' ? DELIVERY_HELP : `${HELP}\n${DELIVERY_HELP}`);
process.exit(code ?? 0); // connections of the driver may still be open
