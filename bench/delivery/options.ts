import { parseArgs } from 'node:util';

export type DeliveryOptions = {
  /** People who wait for their invites while somebody leaves. */
  invites: number;
  leavers: number;
  seconds: number;
  /** Sizes of the directory, the smallest first. */
  sizes: readonly number[];
};

const OPTIONS = {
  invites: { type: 'string', default: '50000' },
  leavers: { type: 'string', default: '100' },
  seconds: { type: 'string', default: '10' },
  sizes: { type: 'string', default: '1000,100000,1000000' },
  'no-large': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export const DELIVERY_HELP = `npm run bench delivery -- [options]

Measures how soon and how fast Gangway delivers, and what a delivery costs.

  --invites 50000       joiners who wait for their invites while somebody leaves
  --leavers 100         people who leave, while nothing else happens and in that wave
  --seconds 10          how long the invites are counted
  --sizes 1000,100000,1000000   people in the directory: whether an action costs more in a large one
  --no-large            leave the largest out
`;

/** Reads the command line; null asks for help. */
export function readDeliveryOptions(args: readonly string[]): DeliveryOptions | null {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return null;
  const sizes = values.sizes.split(',').map((text) => positive('sizes', text));
  return {
    invites: positive('invites', values.invites),
    leavers: positive('leavers', values.leavers),
    seconds: positive('seconds', values.seconds),
    sizes: values['no-large'] ? sizes.slice(0, -1) : sizes,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} needs positive numbers, not ${text}`);
  return value;
}
