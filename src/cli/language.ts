import { Option } from 'commander';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of texts for those who keep rosters; left out, it is the one of the system. */
export function langOption(): Option {
  return new Option('--lang <language>', 'of the words (default: the language of your system)').choices(LANGUAGES);
}

/** The language that was asked for, else that of the system (LC_ALL, LANG), else English. */
export function languageFor(
  asked: Language | undefined,
  locale = Intl.DateTimeFormat().resolvedOptions().locale,
): Language {
  return asked ?? LANGUAGES.find((language) => locale.toLowerCase().startsWith(language)) ?? 'en';
}
