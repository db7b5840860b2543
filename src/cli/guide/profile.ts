import { writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import type { ExtensionSchema } from '../../model/extension.ts';
import type { RosterProfile } from '../../roster/profile.ts';
import type { Proposal } from '../../roster/read/propose.ts';
import type { Api } from '../api.ts';
import type { Named } from '../named.ts';
import { table } from '../print.ts';
import type { RosterFile } from '../roster-file.ts';
import { isOwnFormat, propose, readProfile } from '../roster-local.ts';
import type { Dialogue } from './dialogue.ts';
import type { GuideWords } from './words.ts';

type Written = Record<string, unknown>;
export type Guided = { readonly api: Api; readonly dialogue: Dialogue; readonly words: GuideWords };
/** How the file is read; `save` is what is to be kept for the connection before it is sent, null where it knows already. */
export type Found = { readonly profile: RosterProfile; readonly save: Written | null };

/** The connection's profile; where it has none and the file needs one, what is proposed and agreed to. Null: not agreed. */
export async function findProfile(
  { api, dialogue, words }: Guided,
  connection: Named,
  file: RosterFile,
  extensions: readonly ExtensionSchema[],
): Promise<Found | null> {
  const { set } = await api.call<{ set: Written }>('GET', `/connections/${connection.id}/roster-profile`);
  if (Object.keys(set).length > 0) {
    dialogue.say(words.profileKnown(connection.name));
    return { profile: await readProfile(set, extensions), save: null };
  }
  if (await isOwnFormat(file)) {
    dialogue.say(words.ownFormat);
    return { profile: await readProfile({}, extensions), save: null };
  }
  const written = await proposed({ dialogue, words }, file);
  const problem = await problemOf(null, written, extensions);
  if (problem !== null) dialogue.say(words.notTaken(problem));
  else if (await dialogue.agree(words.keepProfile(connection.name))) {
    return { profile: await readProfile(written, extensions), save: written };
  }
  const { dir, name } = parse(file.path);
  const path = join(dir, `${name}.profile.yaml`);
  const { stringify } = await import('yaml');
  await writeFile(path, stringify(written));
  dialogue.say(words.mendProfile(path, connection.name));
  return null;
}

async function proposed({ dialogue, words }: Pick<Guided, 'dialogue' | 'words'>, file: RosterFile): Promise<Written> {
  const proposal = await propose(file);
  dialogue.say('', words.proposes, ...columnLines(proposal, words), '');
  let written: Written = { ...proposal.profile };
  if (proposal.questions.length > 0) dialogue.say(words.open);
  for (const question of proposal.questions) {
    const field = question.slice(0, question.indexOf(':'));
    written = await answered(field, written, { dialogue, words });
  }
  if (proposal.unmapped.length > 0) dialogue.say(words.unread(proposal.unmapped.join(', ')));
  return written;
}

function columnLines({ columns }: Proposal, words: GuideWords): string[] {
  const found = columns.filter(({ attribute }) => attribute !== null);
  const rows = found.map(({ column, attribute, confidence }) => [
    column,
    attribute,
    `${Math.round(confidence * 100)} %`,
  ]);
  return table([...words.columns], rows, '').map((line) => `  ${line}`);
}

/** Asks until the answer is one that a profile can hold. */
async function answered(field: string, written: Written, { dialogue, words }: Pick<Guided, 'dialogue' | 'words'>) {
  for (;;) {
    const value = await answerFor(field, dialogue, words);
    if (value === null) return written;
    const next = field === 'userName' ? withUserName(written, value) : { ...written, [field]: value };
    const problem = await problemOf(field, next);
    if (problem === null) return next;
    dialogue.say(words.notTaken(problem));
  }
}

/** A column of addresses is the e-mail as well, though some of the first rows have none that is right. */
function withUserName(written: Written, value: unknown): Written {
  const { column = '' } = (typeof value === 'object' ? value : {}) as { column?: string };
  if (!/mail/i.test(column)) return { ...written, userName: value };
  return { ...written, columns: { ...(written['columns'] as object), [column]: 'email' }, userName: 'email' };
}

async function answerFor(field: string, dialogue: Dialogue, { questions }: GuideWords): Promise<unknown> {
  const list = (text: string) => text.split(',').map((word) => word.trim());
  switch (field) {
    case 'dateFormat':
    case 'country':
      return (await dialogue.ask(questions[field])) || null;
    case 'key':
    case 'userName': {
      const column = await dialogue.ask(questions[field]);
      return column === '' ? null : { column };
    }
    case 'booleans': {
      const yes = await dialogue.ask(questions.true);
      return yes === '' ? null : { true: list(yes), false: list(await dialogue.ask(questions.false)) };
    }
    default:
      return null; // a question of a later version: the profile can be mended by hand
  }
}

/** What is wrong with one field, or with any for null, in the words of whoever reads profiles. */
async function problemOf(field: string | null, written: Written, extensions?: readonly ExtensionSchema[]) {
  const { z } = await import('zod');
  try {
    await readProfile(written, extensions);
    return null;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const found = error.issues.find(({ path }) => field === null || path[0] === field);
    return found ? `${found.path.map(String).join('.')}: ${found.message}` : null;
  }
}
