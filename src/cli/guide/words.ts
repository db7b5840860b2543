import type { Language } from '../language.ts';
import type { DialogueWords } from './dialogue.ts';

type Question = 'dateFormat' | 'country' | 'key' | 'userName' | 'true' | 'false';

/** What the guided mode says. */
export type GuideWords = DialogueWords & {
  readonly welcome: readonly string[];
  readonly cancelled: string;
  readonly noConnections: string;
  readonly whichFile: string;
  readonly notThere: (path: string) => string;
  readonly connectionIs: (name: string, state: string) => string;
  readonly connections: string;
  readonly whichConnection: string;
  readonly profileKnown: (connection: string) => string;
  readonly ownFormat: string;
  readonly proposes: string;
  readonly columns: readonly [column: string, is: string, sure: string];
  readonly open: string;
  readonly questions: Readonly<Record<Question, string>>;
  readonly notTaken: (why: string) => string;
  readonly unread: (columns: string) => string;
  readonly keepProfile: (connection: string) => string;
  readonly mendProfile: (path: string, connection: string) => string;
  readonly checks: (file: string) => string;
  readonly refused: (why: string) => string;
  readonly nothingToTake: string;
  readonly withoutThose: (rejected: number) => string;
  readonly tries: string;
  readonly notEnabled: (connection: string, state: string) => string;
  readonly apply: (connection: string) => string;
  readonly kept: string;
  readonly sameFile: string;
  readonly done: string;
  readonly held: string;
  readonly failed: string;
  readonly nextTime: (command: string) => string;
};

const en: GuideWords = {
  yesNo: '[y/N]',
  yes: /^y(es)?$/i,
  quit: /^(q|quit|exit)$/i,
  pickOne: 'Type one of the numbers, or q to stop.',
  welcome: [
    'This takes a roster to Gangway, step by step: a file with everybody who works at the company.',
    'Nothing is changed before you say yes. To stop at any question, type q or press Ctrl-C.',
    '',
  ],
  cancelled: 'Stopped.',
  noConnections: 'There is no connection yet. Whoever runs the server makes one: gangway connection add hr',
  whichFile: 'Which file? (drop it on this window, or type its path)',
  notThere: (path) => `${path} cannot be read. Is the path right?`,
  connectionIs: (name, state) => `The people belong to the connection ${name} (${state}).`,
  connections: 'Whose people are they?',
  whichConnection: 'Which connection? (a number)',
  profileKnown: (connection) => `The file is read by the profile of ${connection}.`,
  ownFormat: 'The file is in Gangway’s own format.',
  columns: ['COLUMN', 'IS', 'SURE'],
  proposes: 'This is what the columns seem to be:',
  open: 'The file cannot tell some things. (Press Enter to leave one out.)',
  questions: {
    dateFormat: 'How are days written? YYYY-MM-DD, DD.MM.YYYY, MM/DD/YYYY, DD/MM/YYYY or excel:',
    country: 'Where do telephone numbers without + belong? A country like DE:',
    key: 'Which column tells people apart, like a personnel number?',
    userName: 'Which column is the e-mail address, or else the user name?',
    true: 'Which words mean yes? (with commas between them)',
    false: 'Which words mean no?',
  },
  notTaken: (why) => `That does not work: ${why}`,
  unread: (columns) => `Nothing would be read from: ${columns}`,
  keepProfile: (connection) => `Is that right? It is kept for ${connection}, and used for every file from now on.`,
  mendProfile: (path, connection) =>
    `It is in ${path}. Mend it there, then: gangway roster profile set ${connection} --file ${path}`,
  checks: (file) => `Checking ${file} …`,
  refused: (why) => `The file cannot be used: ${why}`,
  nothingToTake: 'There is no row that could be taken.',
  withoutThose: (rejected) => `Go on without the ${rejected} rows that cannot be taken?`,
  tries: 'Trying it out; nothing is changed …',
  notEnabled: (connection, state) =>
    `${connection} is ${state}: people are stored, and nothing leaves for an app before gangway connection enable ${connection}.`,
  apply: (connection) => `Apply this to ${connection} now?`,
  kept: 'Nothing was changed.',
  sameFile: 'This very file was applied last: there is nothing to do.',
  done: 'Done.',
  held: 'The roster is held: nothing was changed. Somebody must look at it and release it.',
  failed: 'It did not work.',
  nextTime: (command) => `Next time this line does the same: ${command}`,
};

const de: GuideWords = {
  yesNo: '[j/N]',
  yes: /^(j|ja|y|yes)$/i,
  quit: /^(q|quit|ende|abbrechen)$/i,
  pickOne: 'Bitte eine der Nummern eingeben, oder q zum Beenden.',
  welcome: [
    'Hier kommt eine Mitarbeiterliste Schritt für Schritt zu Gangway: eine Datei mit allen, die im Unternehmen arbeiten.',
    'Nichts wird geändert, bevor Sie ja sagen. Zum Beenden bei jeder Frage q eingeben oder Strg-C drücken.',
    '',
  ],
  cancelled: 'Beendet.',
  noConnections: 'Es gibt noch keine Verbindung. Wer den Server betreibt, legt eine an: gangway connection add hr',
  whichFile: 'Welche Datei? (auf dieses Fenster ziehen oder den Pfad eingeben)',
  notThere: (path) => `${path} kann nicht gelesen werden. Stimmt der Pfad?`,
  connectionIs: (name, state) => `Die Personen gehören zur Verbindung ${name} (${stateInGerman(state)}).`,
  connections: 'Wessen Personen sind es?',
  whichConnection: 'Welche Verbindung? (eine Nummer)',
  profileKnown: (connection) => `Die Datei wird mit dem Profil von ${connection} gelesen.`,
  ownFormat: 'Die Datei hat das eigene Format von Gangway.',
  columns: ['SPALTE', 'IST', 'SICHER'],
  proposes: 'Das scheinen die Spalten zu sein:',
  open: 'Manches sagt die Datei nicht. (Mit der Eingabetaste auslassen.)',
  questions: {
    dateFormat: 'Wie sind Tage geschrieben? YYYY-MM-DD, DD.MM.YYYY, MM/DD/YYYY, DD/MM/YYYY oder excel:',
    country: 'Wohin gehören Telefonnummern ohne +? Ein Land wie DE:',
    key: 'Welche Spalte unterscheidet die Personen, wie eine Personalnummer?',
    userName: 'Welche Spalte ist die E-Mail-Adresse, oder sonst der Benutzername?',
    true: 'Welche Wörter heißen ja? (mit Kommas getrennt)',
    false: 'Welche Wörter heißen nein?',
  },
  notTaken: (why) => `Das geht nicht: ${why}`,
  unread: (columns) => `Nichts würde gelesen aus: ${columns}`,
  keepProfile: (connection) => `Stimmt das? Es wird für ${connection} behalten und gilt ab jetzt für jede Datei.`,
  mendProfile: (path, connection) =>
    `Es steht in ${path}. Dort berichtigen, dann: gangway roster profile set ${connection} --file ${path}`,
  checks: (file) => `${file} wird geprüft …`,
  refused: (why) => `Die Datei ist nicht brauchbar: ${why}`,
  nothingToTake: 'Keine Zeile kann übernommen werden.',
  withoutThose: (rejected) => `Ohne die ${rejected} Zeilen weitermachen, die nicht übernommen werden können?`,
  tries: 'Probelauf; nichts wird geändert …',
  notEnabled: (connection, state) =>
    `${connection} ist ${stateInGerman(state)}: Personen werden gespeichert, aber nichts geht an eine App, bevor gangway connection enable ${connection} läuft.`,
  apply: (connection) => `Das jetzt für ${connection} übernehmen?`,
  kept: 'Nichts wurde geändert.',
  sameFile: 'Genau diese Datei wurde zuletzt übernommen: es gibt nichts zu tun.',
  done: 'Fertig.',
  held: 'Die Mitarbeiterliste ist angehalten: nichts wurde geändert. Jemand muss sie ansehen und freigeben.',
  failed: 'Es hat nicht geklappt.',
  nextTime: (command) => `Beim nächsten Mal tut diese Zeile dasselbe: ${command}`,
};

function stateInGerman(state: string): string {
  const words: Readonly<Record<string, string>> = {
    draft: 'Entwurf',
    connected: 'verbunden',
    enabled: 'eingeschaltet',
    paused: 'pausiert',
    disconnected: 'getrennt',
  };
  return words[state] ?? state;
}

/** The words of both languages. */
export const GUIDE_WORDS: Readonly<Record<Language, GuideWords>> = { en, de };
