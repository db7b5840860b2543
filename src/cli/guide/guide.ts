import { Fault, isFault } from '../../errors.ts';
import type { ExtensionSchema } from '../../model/extension.ts';
import type { RosterCheck } from '../../roster/read/check.ts';
import type { Api } from '../api.ts';
import type { Language } from '../language.ts';
import { type ConnectionItem, listConnections } from '../named.ts';
import { progressOn } from '../progress.ts';
import { linesOf } from '../roster-check.ts';
import { keepErrors } from '../roster-errors.ts';
import { type RosterFile, rosterFile } from '../roster-file.ts';
import { check } from '../roster-local.ts';
import { firstRows, runLines } from '../roster-run.ts';
import { type Answer, type Telling, uploadRoster, whenEnded } from '../roster-upload.ts';
import { ROSTER_WORDS } from '../roster-words.ts';
import type { Run } from '../run.ts';
import { Cancelled, openDialogue, type Streams } from './dialogue.ts';
import { droppedPath } from './dropped-path.ts';
import { findProfile, type Guided } from './profile.ts';
import { GUIDE_WORDS } from './words.ts';

export type GuideOptions = Streams & {
  readonly api: Api;
  readonly language: Language;
  readonly connection?: string | undefined;
};
type Walk = Guided & { readonly language: Language; readonly telling: Telling };

/** As `push` ends, and 0 when somebody stopped: nothing went wrong. */
const HELD = 3;
const WITH_REJECTS = 4;

/**
 * Takes one file from a person to the directory, a question at a time: file, connection, profile, check, dry run, and only
 * after a yes the roster itself. Returns the exit code.
 */
export async function guide({ api, language, connection: named, input, output }: GuideOptions): Promise<number> {
  const words = GUIDE_WORDS[language];
  const dialogue = openDialogue({ input, output }, words);
  const telling = { progress: progressOn(output as NodeJS.WriteStream), words: ROSTER_WORDS[language] };
  try {
    dialogue.say(...words.welcome);
    return await walk({ api, dialogue, words, language, telling }, named);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    dialogue.say('', words.cancelled);
    return 0;
  } finally {
    telling.progress.clear();
    dialogue.close();
  }
}

async function walk(walk: Walk, named: string | undefined): Promise<number> {
  const { api, dialogue, words } = walk;
  const file = await askFile(walk);
  const connection = await askConnection(walk, named);
  if (!connection) {
    dialogue.say(words.noConnections);
    return 1;
  }
  const { extensions } = await api.call<{ extensions: ExtensionSchema[] }>('GET', '/extensions');
  const found = await usable(walk, async () => {
    const profile = await findProfile(walk, connection, file, extensions);
    if (!profile) return null;
    dialogue.say('', words.checks(file.path));
    return { ...profile, result: await check(file, profile.profile, extensions) };
  });
  if (!found) return 1;
  if (!(await goesOn(walk, file, found.result))) return WITH_REJECTS;
  if (found.save) await api.call('PUT', `/connections/${connection.id}/roster-profile`, found.save);
  return tryAndApply(walk, connection, file);
}

async function askFile({ dialogue, words }: Walk): Promise<RosterFile> {
  for (;;) {
    const path = droppedPath(await dialogue.ask(words.whichFile));
    if (path === '') continue;
    try {
      return rosterFile(path);
    } catch (error) {
      if (!isFault(error)) throw error;
      dialogue.say(words.notThere(path));
    }
  }
}

async function askConnection(
  { api, dialogue, words }: Walk,
  named: string | undefined,
): Promise<ConnectionItem | null> {
  const all = await listConnections(api);
  const said = all.find(({ name, id }) => name === named || id === named);
  if (named !== undefined && !said) throw new Fault('not_found', `no connection "${named}"`);
  const only = said ?? (all.length === 1 ? all[0] : undefined);
  if (only) {
    dialogue.say(words.connectionIs(only.name, only.state));
    return only;
  }
  if (all.length === 0) return null;
  dialogue.say(words.connections);
  return dialogue.choose(words.whichConnection, all, ({ name }) => name);
}

/** What is wrong with the whole file is told, and ends it. */
async function usable<T>({ dialogue, words }: Walk, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!isFault(error, 'roster_unreadable')) throw error;
    dialogue.say(words.refused(error.message));
    return null;
  }
}

async function goesOn({ dialogue, words, language }: Walk, file: RosterFile, result: RosterCheck): Promise<boolean> {
  const lines = await linesOf({ file: file.path, check: result, proposed: false, errors: null }, language);
  const { writeErrors } = ROSTER_WORDS[language].check; // an option, which nobody gives here: the file comes at the end
  const told = lines.filter((line) => line !== writeErrors);
  dialogue.say(...told, ...(told.at(-1) === '' ? [] : ['']));
  if (result.rows === 0) {
    dialogue.say(words.nothingToTake);
    return false;
  }
  return result.rejected === 0 || dialogue.agree(words.withoutThose(result.rejected));
}

async function tryAndApply(walk: Walk, connection: ConnectionItem, file: RosterFile): Promise<number> {
  const { dialogue, words, telling } = walk;
  dialogue.say(words.tries);
  const tried = await sent(walk, connection, file, true);
  if (tried.note) {
    dialogue.say(words.sameFile);
    return 0;
  }
  dialogue.say(
    ...runLines(tried.run, telling.words),
    ...(await firstRows(walk.api, tried.run, telling.words)).lines,
    telling.words.tried,
  );
  if (connection.state !== 'enabled') dialogue.say(words.notEnabled(connection.name, connection.state));
  if (tried.run.state !== 'done') return 1;
  if (!(await dialogue.agree(words.apply(connection.name)))) {
    dialogue.say(words.kept);
    return tellErrors(walk, tried.run, file);
  }
  const { run } = await sent(walk, connection, file, false);
  dialogue.say('', ...runLines(run, telling.words), run.state === 'done' ? words.done : heldOrNot(run, walk));
  const code = await tellErrors(walk, run, file);
  if (run.state === 'done') dialogue.say(words.nextTime(commandFor(file, connection)));
  return run.state === 'held' ? HELD : run.state === 'done' ? code : 1;
}

function heldOrNot({ state }: Run, { words }: Walk): string {
  return state === 'held' ? words.held : words.failed;
}

async function sent(
  { api, telling }: Walk,
  { id: connectionId }: ConnectionItem,
  file: RosterFile,
  dryRun: boolean,
): Promise<Answer> {
  const { run, note } = await uploadRoster(api, { connectionId, file, dryRun }, telling);
  const ended = run.finishedAt ? run : await whenEnded(api, run.id, telling);
  telling.progress.clear();
  return note === undefined ? { run: ended } : { run: ended, note };
}

async function tellErrors({ api, dialogue, telling }: Walk, run: Run, file: RosterFile): Promise<number> {
  const kept = await keepErrors(api, run, file, null, telling.words);
  if (!kept) return 0;
  dialogue.say(...kept.lines, ...(kept.path ? [] : [telling.words.errorsBy(run.id)]));
  return WITH_REJECTS;
}

function commandFor({ path }: RosterFile, { name }: ConnectionItem): string {
  const quoted = (text: string) => (/^[\w./:@-]+$/.test(text) ? text : `"${text}"`);
  return `gangway roster push ${quoted(path)} --connection ${quoted(name)}`;
}
