import type { Language } from './language.ts';

type Verdict = 'new' | 'changed' | 'returned' | 'missing';
type Count = Verdict | 'rows' | 'unchanged' | 'rejected' | 'emails' | 'applied';

/** What a roster is told in. Functions take what they say. */
export type RosterWords = {
  /** What each count is called, and what it says. */
  readonly counts: Readonly<Record<Count, readonly [name: string, meaning: string]>>;
  readonly count: string;
  readonly states: Readonly<Record<string, string>>;
  readonly sent: (done: string, total: string) => string;
  readonly compares: string;
  readonly applies: (done: number, total: number) => string;
  readonly again: (seconds: number) => string;
  readonly rosterOf: (connection: string, state: string, run: string) => string;
  readonly tried: string;
  readonly wouldBeHeld: (why: string) => string;
  readonly release: (run: string) => string;
  readonly errorsAt: (path: string) => string;
  readonly errorsBy: (run: string) => string;
  readonly noErrorFile: (path: string, why: string) => string;
  readonly first: Readonly<Record<Verdict, (shown: number, all: number) => string>>;
  readonly columns: readonly [who: string, name: string, email: string, changes: string];
  readonly nobody: string;
  readonly nothingCompared: string;
  readonly check: {
    readonly fine: (rows: number, file: string) => string;
    readonly some: (rows: number, rejected: number, file: string) => string;
    readonly readAs: (format: string, delimiter: string | null, encoding: string) => string;
    readonly tab: string;
    readonly columns: readonly [row: string, column: string, found: string];
    readonly times: (count: number) => string;
    readonly more: (count: number) => string;
    readonly ignored: (columns: string) => string;
    readonly missing: (columns: string) => string;
    readonly strangers: (count: number) => string;
    readonly held: (why: string) => string;
    readonly writeErrors: string;
    readonly proposed: (file: string) => string;
  };
};

const en: RosterWords = {
  counts: {
    rows: ['rows', 'rows that can be taken'],
    new: ['new', 'people who are new'],
    changed: ['changed', 'people of whom something changes'],
    returned: ['returned', 'people who are back'],
    missing: ['missing', 'people who are not in the file any more'],
    unchanged: ['unchanged', 'rows like the last time'],
    rejected: ['rejected', 'rows that cannot be taken: see the error file'],
    emails: ['emails', 'e-mail addresses that change'],
    applied: ['applied', 'applied'],
  },
  count: 'COUNT',
  states: {},
  sent: (done, total) => `sent ${done} of ${total}`,
  compares: 'comparing with what is known',
  applies: (done, total) => `applied ${done} of ${total}`,
  again: (seconds) => `the upload broke off: once more in ${seconds} s`,
  rosterOf: (connection, state, run) => `roster of ${connection}: ${state} (run ${run})`,
  tried: 'this was a dry run: nothing is changed',
  wouldBeHeld: (why) => why,
  release: (run) => `if that is right: gangway roster release ${run} --as NAME`,
  errorsAt: (path) => `the rows that were not taken: ${path}`,
  errorsBy: (run) => `what to mend: gangway roster errors ${run} --out errors.csv`,
  noErrorFile: (path, why) => `${path} could not be written (${why})`,
  first: {
    new: (shown, all) => `new${of(shown, all)}:`,
    changed: (shown, all) => `changed${of(shown, all)}:`,
    returned: (shown, all) => `back${of(shown, all)}:`,
    missing: (shown, all) => `not in the file any more${of(shown, all)}:`,
  },
  columns: ['KEY', 'NAME', 'E-MAIL', 'CHANGES'],
  nobody: 'nobody',
  nothingCompared: 'nothing was compared',
  check: {
    fine: (rows, file) => `${file}: all ${rows} rows can be taken`,
    some: (rows, rejected, file) => `${file}: ${rows} rows can be taken, ${rejected} cannot`,
    readAs: (format, delimiter, encoding) =>
      `read as ${format}${delimiter ? `, delimiter ${delimiter}` : ''}, ${encoding}`,
    tab: 'tab',
    columns: ['ROW', 'COLUMN', 'FOUND'],
    times: (count) => (count === 1 ? 'once' : `${count} times`),
    more: (count) => `and ${count} more`,
    ignored: (columns) => `columns that nothing is read from: ${columns}`,
    missing: (columns) => `columns of the profile that the file does not have: ${columns}`,
    strangers: (count) => `managers whom no good row is about: ${count}; right only if they came by an earlier roster`,
    held: (why) => `it would be held until somebody releases it: ${why}`,
    writeErrors: 'to have these rows as a file to mend: --errors FILE',
    proposed: (file) =>
      `read by a profile that was proposed from the headers; to keep it: gangway roster propose ${file} --out profile.yaml`,
  },
};

const de: RosterWords = {
  counts: {
    rows: ['Zeilen', 'Zeilen können übernommen werden'],
    new: ['neu', 'Personen sind neu'],
    changed: ['geändert', 'Personen ändern sich'],
    returned: ['zurück', 'Personen sind wieder da'],
    missing: ['fehlen', 'Personen stehen nicht mehr in der Datei'],
    unchanged: ['gleich', 'Zeilen sind wie beim letzten Mal'],
    rejected: ['fehlerhaft', 'Zeilen können nicht übernommen werden: siehe Fehlerdatei'],
    emails: ['E-Mails', 'E-Mail-Adressen ändern sich'],
    applied: ['übernommen', 'übernommen'],
  },
  count: 'ANZAHL',
  states: {
    done: 'fertig',
    held: 'angehalten',
    failed: 'fehlgeschlagen',
    discarded: 'verworfen',
    reading: 'wird gelesen',
    compared: 'verglichen',
    applying: 'wird übernommen',
  },
  sent: (done, total) => `${done} von ${total} gesendet`,
  compares: 'wird mit dem Bekannten verglichen',
  applies: (done, total) => `${done} von ${total} übernommen`,
  again: (seconds) => `die Übertragung brach ab: neuer Versuch in ${seconds} s`,
  rosterOf: (connection, state, run) => `Mitarbeiterliste von ${connection}: ${state} (Lauf ${run})`,
  tried: 'das war ein Probelauf: nichts ist geändert',
  wouldBeHeld: (why) => `sie würde angehalten: ${why.replace(/^it would be held: /, '')}`,
  release: (run) => `wenn das so stimmt: gangway roster release ${run} --as NAME`,
  errorsAt: (path) => `die Zeilen, die nicht übernommen wurden: ${path}`,
  errorsBy: (run) => `was zu berichtigen ist: gangway roster errors ${run} --out fehler.csv`,
  noErrorFile: (path, why) => `${path} konnte nicht geschrieben werden (${why})`,
  first: {
    new: (shown, all) => `neu${von(shown, all)}:`,
    changed: (shown, all) => `geändert${von(shown, all)}:`,
    returned: (shown, all) => `wieder da${von(shown, all)}:`,
    missing: (shown, all) => `nicht mehr in der Datei${von(shown, all)}:`,
  },
  columns: ['SCHLÜSSEL', 'NAME', 'E-MAIL', 'ÄNDERT SICH'],
  nobody: 'niemand',
  nothingCompared: 'nichts wurde verglichen',
  check: {
    fine: (rows, file) => `${file}: alle ${rows} Zeilen können übernommen werden`,
    some: (rows, rejected, file) => `${file}: ${rows} Zeilen können übernommen werden, ${rejected} nicht`,
    readAs: (format, delimiter, encoding) =>
      `gelesen als ${format}${delimiter ? `, Trennzeichen ${delimiter}` : ''}, ${encoding}`,
    tab: 'Tabulator',
    columns: ['ZEILE', 'SPALTE', 'GEFUNDEN'],
    times: (count) => (count === 1 ? 'einmal' : `${count}-mal`),
    more: (count) => `und ${count} weitere`,
    ignored: (columns) => `Spalten, aus denen nichts gelesen wird: ${columns}`,
    missing: (columns) => `Spalten des Profils, die der Datei fehlen: ${columns}`,
    strangers: (count) =>
      `Führungskräfte ohne brauchbare Zeile: ${count}; richtig nur, wenn sie aus einer früheren Liste bekannt sind`,
    held: (why) => `sie würde angehalten, bis jemand sie freigibt: ${why}`,
    writeErrors: 'um diese Zeilen als Datei zum Berichtigen zu bekommen: --errors DATEI',
    proposed: (file) =>
      `gelesen mit einem Profil, das aus der Kopfzeile vorgeschlagen wurde; um es zu behalten: gangway roster propose ${file} --out profil.yaml`,
  },
};

function of(shown: number, all: number): string {
  return shown < all ? ` (the first ${shown} of ${all})` : '';
}

function von(shown: number, all: number): string {
  return shown < all ? ` (die ersten ${shown} von ${all})` : '';
}

/** The words of both languages. */
export const ROSTER_WORDS: Readonly<Record<Language, RosterWords>> = { en, de };
