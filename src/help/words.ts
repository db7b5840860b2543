import type { Group } from './library.ts';

const EN = {
  title: 'Help',
  search: 'Search the help',
  find: 'Search',
  found: '{count} places for “{words}”',
  foundNone: 'Nothing for “{words}”. Try fewer or other words; the guides are in English.',
  advice: 'Good to know',
  advice1: 'Change people at the source. What is changed by hand in the app comes back, or becomes a question.',
  advice2: 'Look at the reports of your rosters: who could not be read stays as they were.',
  advice3: 'Whoever should hear of problems can be told by e-mail, and once a week in any case: see Notices.',
  english: '',
  all: 'All guides',
  toConsole: 'To the console',
  helpful: 'Was this helpful?',
  yes: 'Yes',
  no: 'No',
  comment: 'What was missing? (kept without your name)',
  send: 'Send',
  thanks: 'Thank you.',
  sources: 'Where people come from',
  targets: 'Where accounts live',
  rules: 'What shall happen',
  running: 'Running Gangway',
  more: 'More',
};
type Words = { [Name in keyof typeof EN]: string } & Record<Group, string>;

const DE: Words = {
  title: 'Hilfe',
  search: 'In der Hilfe suchen',
  find: 'Suchen',
  found: '{count} Stellen zu „{words}“',
  foundNone: 'Nichts zu „{words}“. Versuchen Sie weniger oder andere Wörter; die Anleitungen sind englisch.',
  advice: 'Gut zu wissen',
  advice1:
    'Ändern Sie Personen an der Quelle. Was in der App von Hand geändert wird, wird zurückgestellt oder zur Frage.',
  advice2: 'Sehen Sie sich die Berichte zu Ihren Mitarbeiterlisten an: Wer nicht lesbar war, bleibt, wie er war.',
  advice3:
    'Wer von Problemen erfahren soll, bekommt eine E-Mail, und einmal in der Woche auf jeden Fall: siehe Notices.',
  english: 'Die Anleitungen gibt es auf Englisch.',
  all: 'Alle Anleitungen',
  toConsole: 'Zur Konsole',
  helpful: 'War das hilfreich?',
  yes: 'Ja',
  no: 'Nein',
  comment: 'Was hat gefehlt? (wird ohne Ihren Namen aufbewahrt)',
  send: 'Senden',
  thanks: 'Danke.',
  sources: 'Woher Personen kommen',
  targets: 'Wo Konten leben',
  rules: 'Was geschehen soll',
  running: 'Gangway betreiben',
  more: 'Weiteres',
};

/** The words around the guides. */
export const WORDS: Record<'en' | 'de', Words> = { en: EN, de: DE };
