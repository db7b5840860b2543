import type { Resource } from './person.ts';

type Email = { value?: unknown; type?: unknown; primary?: unknown };
const LOOKS_LIKE_EMAIL = /^[^@\s]+@[^@\s]+$/;

/** By which addresses people and accounts are matched: the work e-mail, the primary one, or any of them. */
export type Match = 'work' | 'primary' | 'any';

/**
 * The one address that stands for a person, null when there is none.
 *
 *   match       the first that there is of
 *   work, any   the work e-mail, the primary, the first, a userName that is an address
 *   primary     the primary, the first, a userName that is an address
 */
export function emailOf(resource: Resource, match: Match = 'work'): string | null {
  const usable = emailsOf(resource);
  const work = usable.find(({ type }) => String(type).toLowerCase() === 'work');
  const chosen =
    (match === 'primary' ? undefined : work) ?? usable.find(({ primary }) => primary === true) ?? usable[0];
  if (chosen) return String(chosen.value);
  const userName = resource['userName'];
  return typeof userName === 'string' && LOOKS_LIKE_EMAIL.test(userName) ? userName : null;
}

/** All addresses under which a person's account may be found, the one that stands for them first, each once. */
export function addressesOf(resource: Resource, match: Match): string[] {
  const own = emailOf(resource, match);
  if (own === null) return [];
  const others = match === 'any' ? emailsOf(resource).map(({ value }) => String(value)) : [];
  const seen = new Set<string>();
  return [own, ...others].filter((email) => {
    const folded = email.toLowerCase();
    return !seen.has(folded) && seen.add(folded);
  });
}

function emailsOf(resource: Resource): Email[] {
  const emails = Array.isArray(resource['emails']) ? (resource['emails'] as Email[]) : [];
  return emails.filter(({ value }) => typeof value === 'string' && LOOKS_LIKE_EMAIL.test(value));
}
