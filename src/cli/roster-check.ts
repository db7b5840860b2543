import type { Command } from 'commander';
import { Fault } from '../errors.ts';
import type { RosterProfile } from '../roster/profile.ts';
import { localCommand, type Output } from './command.ts';
import { type Language, langOption, languageFor } from './language.ts';
import { type Checked, checkLines } from './roster-check-lines.ts';
import { namedExtensions } from './roster-extensions.ts';
import { type RosterFile, rosterFile } from './roster-file.ts';
import { check, isOwnFormat, propose, readProfile, writeErrors } from './roster-local.ts';
import { profileIn } from './roster-profile.ts';
import { ROSTER_WORDS } from './roster-words.ts';

type CheckOptions = { profile?: string; lang?: Language; errors?: string };

/** As `push` ends: 3 for a file that would be held, 4 where some rows cannot be taken. */
const HELD = 3;
const WITH_REJECTS = 4;

/** `gangway roster check`: what an upload would say of a file, without a server and without a network. */
export function checkCommand(): Command {
  return localCommand<CheckOptions>('check <file>', 'say what is wrong with a file; needs no server', run)
    .option('--profile <file>', 'which column is what, as YAML or JSON (default: proposed from the headers)')
    .addOption(langOption())
    .option('--errors <file>', 'write the rows that cannot be taken here, to be mended');
}

async function run([path = '']: string[], { profile: given, lang, errors = null }: Nullable): Promise<Output> {
  const { readSettings } = await import('./settings/read.ts');
  const file = rosterFile(path);
  const { profile: setting } = await readSettings({ profile: given });
  const { profile, proposed } = await profileFor(file, setting?.value);
  const found = await check(file, profile);
  if (errors !== null) await writeErrors(file, profile, found, errors);
  if (found.rejected > 0) process.exitCode = WITH_REJECTS;
  else if (found.held.length > 0) process.exitCode = HELD;
  const checked = { file: path, check: found, proposed, errors };
  return { data: dataOf(checked), lines: await linesOf(checked, languageFor(lang)) };
}

type Nullable = Omit<CheckOptions, 'errors'> & { errors?: string | null };

/** The profile that was given; without one our own format, or what is proposed where the file has another. */
async function profileFor(
  file: RosterFile,
  given: string | undefined,
): Promise<{ profile: RosterProfile; proposed: boolean }> {
  if (given !== undefined) return { profile: await valid(given, await profileIn(given)), proposed: false };
  if (await isOwnFormat(file)) return { profile: await readProfile({}), proposed: false };
  const proposal = await propose(file);
  const mend = `mend one by hand: gangway roster propose ${file.path} --out profile.yaml, then --profile profile.yaml`;
  return {
    profile: await valid(`no profile was given, and the one that ${file.path} suggests`, proposal.profile, mend),
    proposed: true,
  };
}

async function valid(what: string, written: Record<string, unknown>, mend = ''): Promise<RosterProfile> {
  const { z } = await import('zod');
  try {
    return await readProfile(written, namedExtensions(written));
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const lines = error.issues.map(({ path, message }) => `\n  ${path.map(String).join('.')}: ${message}`);
    throw new Fault('config_invalid', `${what} cannot be used:${lines.join('')}${mend && `\n${mend}`}`, {
      cause: error,
    });
  }
}

/** The outcome in words, for whoever keeps the file. */
export async function linesOf(checked: Checked, language: Language): Promise<string[]> {
  const { REJECT_WORDS } = await import('../roster/reject-words.ts');
  return checkLines(checked, ROSTER_WORDS[language], { language, reasons: REJECT_WORDS });
}

function dataOf({ file, check: { twins: _, ...found }, proposed, errors }: Checked): unknown {
  return { file, ...found, proposed, errors };
}
