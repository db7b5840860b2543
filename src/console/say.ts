import type { Language } from '../access/sign-in/words.ts';
import { DE, EN, type Phrase } from './words/index.ts';

export type Gaps = Readonly<Record<string, string | number>>;
export type Say = (phrase: Phrase, gaps?: Gaps) => string;

/** Says a phrase in a language; gaps like {name} are filled in. */
export function sayIn(language: Language): Say {
  const words: Readonly<Record<string, string>> = language === 'de' ? DE : EN;
  return (phrase, gaps = {}) => filled(words[phrase] ?? phrase, gaps);
}

/** Says a phrase whose name is put together from what the API answers; words that nobody has a phrase for stay as they are. */
export function sayNamed(say: Say, kind: string, name: string): string {
  const phrase = `${kind}.${name}`;
  return phrase in EN ? say(phrase as Phrase) : name;
}

function filled(text: string, gaps: Gaps): string {
  return text.replaceAll(/\{(\w+)\}/g, (gap, name: string) => String(gaps[name] ?? gap));
}
