import type { Right } from '../model/principal.ts';
import type { Visit } from './visit.ts';
import type { Phrase } from './words/index.ts';

type Entry = { part: string; phrase: Phrase; rights: readonly Right[] };

const EVERYBODY: readonly Right[] = ['people', 'integrations', 'audit'];

/** The pages that everything is reached from, with the rights of which one opens them. */
const ENTRIES: readonly Entry[] = [
  { part: '', phrase: 'nav.home', rights: EVERYBODY },
  { part: 'people', phrase: 'nav.people', rights: ['people', 'audit'] },
  { part: 'invites', phrase: 'nav.invites', rights: ['people', 'audit'] },
  { part: 'holds', phrase: 'nav.holds', rights: ['people', 'audit'] },
  { part: 'runs', phrase: 'nav.runs', rights: EVERYBODY },
  { part: 'connections', phrase: 'nav.connections', rights: EVERYBODY },
  { part: 'plans', phrase: 'nav.plans', rights: EVERYBODY },
  { part: 'targets', phrase: 'nav.targets', rights: ['integrations', 'audit'] },
  { part: 'audit', phrase: 'nav.audit', rights: ['audit'] },
  { part: 'settings', phrase: 'nav.settings', rights: ['integrations', 'audit'] },
];

/** The entries that an operator may open, and which of them the page belongs to. */
export function navigationOf({ base, say, may }: Visit, part: string) {
  return ENTRIES.filter(({ rights }) => may(...rights)).map((entry) => ({
    href: entry.part === '' ? base : `${base}/${entry.part}`,
    words: say(entry.phrase),
    here: entry.part === part,
  }));
}
