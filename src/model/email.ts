import type { Resource } from './person.ts';

type Email = { value?: unknown; type?: unknown; primary?: unknown };
const LOOKS_LIKE_EMAIL = /^[^@\s]+@[^@\s]+$/;

/**
 * The one address that stands for a person: the work e-mail, else the primary, else the first, else a userName that is
 * an address. Null when there is none.
 */
export function emailOf(resource: Resource): string | null {
  const emails = Array.isArray(resource['emails']) ? (resource['emails'] as Email[]) : [];
  const usable = emails.filter((email) => typeof email.value === 'string' && LOOKS_LIKE_EMAIL.test(email.value));
  const chosen =
    usable.find((email) => String(email.type).toLowerCase() === 'work') ??
    usable.find((email) => email.primary === true) ??
    usable[0];
  if (chosen) return String(chosen.value);
  const userName = resource['userName'];
  return typeof userName === 'string' && LOOKS_LIKE_EMAIL.test(userName) ? userName : null;
}
