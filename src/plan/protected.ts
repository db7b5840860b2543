import type { Resource } from '../model/person.ts';

/**
 * True when one of the names is a person's userName, externalId or any of their e-mail addresses. Letter case and outer
 * blanks do not count: protection must not fail by a capital.
 */
export function isProtected({ userName, externalId, emails }: Resource, names: readonly string[]): boolean {
  if (names.length === 0) return false;
  const addresses: unknown[] = Array.isArray(emails) ? emails.map((email) => email?.value ?? email) : [];
  const own = new Set([userName, externalId, ...addresses].filter((text) => typeof text === 'string').map(fold));
  own.delete('');
  return names.some((name) => own.has(fold(name)));
}

function fold(text: string): string {
  return text.trim().toLowerCase();
}
