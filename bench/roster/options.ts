import { parseArgs } from 'node:util';

export type RosterOptions = {
  /** Rows of a roster, the smallest first. */
  sizes: readonly number[];
  /** Where the files are kept between runs; null: in a folder that goes with the run. */
  keep: string | null;
};

const OPTIONS = {
  sizes: { type: 'string', default: '10000,100000,1000000' },
  keep: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export const ROSTER_HELP = `npm run bench roster -- [options]

Measures what a roster costs: first import, the same again, 1 % changed, 1 % gone; beside a floor in the same run.

  --sizes 10000,100000,1000000   rows of a roster
  --keep FOLDER                  keep the generated files there, and use them again
`;

/** Reads the command line; null asks for help. */
export function readRosterOptions(args: readonly string[]): RosterOptions | null {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return null;
  const sizes = values.sizes.split(',').map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size >= 1000)) {
    throw new Error(`--sizes needs numbers from 1000 up, not ${values.sizes}`);
  }
  return { sizes: sizes.toSorted((a, b) => a - b), keep: values.keep ?? null };
}
