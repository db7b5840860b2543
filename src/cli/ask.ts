import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { usageError } from './command.ts';

export type Consent = { yes?: boolean; json?: boolean };

/** Skips the question; where nobody can answer, it is needed. */
export function yesOption(): Option {
  return new Option('--yes', 'do not ask; needed where no terminal is there to answer');
}

/** Shows what is about to happen and asks; true when it may. With --json it is shown beside the data, not in it. */
export async function agreed(lines: string[], question: string, { yes, json }: Consent, command: Command) {
  if (!yes && !process.stdin.isTTY) usageError(command, 'nobody is there to ask: look at the preview, then add --yes');
  const out = json ? process.stderr : process.stdout;
  out.write(lines.map((line) => `${line}\n`).join(''));
  if (yes) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
