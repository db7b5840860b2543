import { HOME_DE, HOME_EN } from './home.ts';
import { LAYOUT_DE, LAYOUT_EN } from './layout.ts';
import { PEOPLE_DE, PEOPLE_EN } from './people.ts';

/** All phrases of the pages; the German ones are of the same names, or this does not compile. */
export const EN = { ...LAYOUT_EN, ...HOME_EN, ...PEOPLE_EN };
export type Phrase = keyof typeof EN;
export const DE: Record<Phrase, string> = { ...LAYOUT_DE, ...HOME_DE, ...PEOPLE_DE };
