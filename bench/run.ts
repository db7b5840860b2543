import { DELIVERY_HELP, readDeliveryOptions } from './delivery/options.ts';
import { runDelivery } from './delivery.ts';
import { HELP, readOptions } from './options.ts';
import { PEOPLE_HELP, runPeople } from './people.ts';
import { ROSTER_HELP, readRosterOptions } from './roster/options.ts';
import { runRosters } from './roster.ts';
import { runScim } from './scim.ts';

const [what, ...args] = process.argv.slice(2);

/** The exit code, or null where help is wanted. */
async function run(): Promise<number | null> {
  const scim = what === 'scim' ? readOptions(args) : null;
  if (scim) return runScim(scim);
  const delivery = what === 'delivery' ? readDeliveryOptions(args) : null;
  if (delivery) return runDelivery(delivery);
  if (what === 'people' && args[0] !== '--help') return runPeople(Number(args[0] ?? 1_000_000));
  const roster = what === 'roster' ? readRosterOptions(args) : null;
  return roster ? runRosters(roster) : null;
}

const HELPS: Record<string, string> = { scim: HELP, delivery: DELIVERY_HELP, people: PEOPLE_HELP, roster: ROSTER_HELP };

const code = await run();
if (code === null) process.stdout.write(HELPS[what ?? ''] ?? Object.values(HELPS).join('\n'));
process.exit(code ?? 0); // connections of the driver may still be open
