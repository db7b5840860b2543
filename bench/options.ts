import { parseArgs } from 'node:util';

export type Options = {
  users: number;
  /** A second size, or null: whether costs grow with the directory. */
  large: number | null;
  rounds: number;
  seconds: number;
  connections: number;
  /** Names of scenarios; empty: all. */
  only: readonly string[];
  /** Gangway delivers at the same time. */
  withWorker: boolean;
  /** One scenario whose profile is taken in place of the comparison. */
  profile: string | null;
};

export const HELP = `npm run bench scim -- [options]

Compares what Gangway and a minimal server cost for the same SCIM requests (CPU time, PostgreSQL's included).

  --users 1000          size of the directory
  --large 100000        second size, to see whether costs grow
  --no-large            leave the second size out
  --rounds 3            alternated rounds, of which the median counts
  --seconds 3           how long one scenario is measured on one server in one round
  --connections 8       how many requests are under way at once
  --only get,lookup     some scenarios only
  --with-worker         Gangway delivers meanwhile
  --profile get         write a CPU profile of Gangway in one scenario
`;

const OPTIONS = {
  users: { type: 'string', default: '1000' },
  large: { type: 'string', default: '100000' },
  'no-large': { type: 'boolean', default: false },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '3' },
  connections: { type: 'string', default: '8' },
  only: { type: 'string', default: '' },
  'with-worker': { type: 'boolean', default: false },
  profile: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; null asks for help. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return null;
  return {
    users: positive('users', values.users),
    large: values['no-large'] || values.profile !== undefined ? null : positive('large', values.large),
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    connections: positive('connections', values.connections),
    only: (values.profile ?? values.only).split(',').filter(Boolean),
    withWorker: values['with-worker'],
    profile: values.profile ?? null,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} needs a positive number, not ${text}`);
  return value;
}
