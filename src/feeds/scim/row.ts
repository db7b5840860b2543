import { isRecord } from '../../connectors/http/json.ts';
import { ENTERPRISE } from '../../connectors/scim/messages.ts';
import { EMPLOYMENT } from '../../roster/attribute.ts';
import { languageOf } from '../../roster/read/language.ts';
import { phoneOf } from '../../roster/read/phone.ts';
import type { ListedRow } from '../listed.ts';
import type { Identified } from './pages.ts';

/** Columns of our own format where they stand in a User, below the enterprise extension, and below employment. */
const PLAIN = ['userName', 'displayName', 'title'] as const;
const OF_ENTERPRISE = ['employeeNumber', 'department', 'costCenter', 'organization', 'division'] as const;
const DAYS = ['startDate', 'endDate'] as const;

/**
 * One User as a row in our own format; the manager is still the id that the source knows. Numbers and languages that cannot
 * be read are left out: a source that keeps them as free text is no reason not to take somebody.
 */
export function rowOf(user: Identified, groups: readonly string[]): ListedRow {
  const name = recordAt(user, 'name');
  const enterprise = recordAt(user, ENTERPRISE);
  const employment = recordAt(user, EMPLOYMENT);
  const manager = enterprise['manager'];
  const language = textOf(user['preferredLanguage']);
  return {
    ...named(PLAIN, user),
    ...named(OF_ENTERPRISE, enterprise),
    ...Object.fromEntries(DAYS.map((day) => [day, textOf(employment[day])?.slice(0, 10)])),
    key: textOf(user['externalId']) ?? textOf(user['userName']) ?? user.id,
    givenName: textOf(name['givenName']),
    familyName: textOf(name['familyName']),
    email: valueIn(user['emails'], 'work'),
    phone: phoneIn(user['phoneNumbers'], 'work'),
    mobile: phoneIn(user['phoneNumbers'], 'mobile'),
    language: language !== undefined && languageOf(language) !== null ? language : undefined,
    location: textOf(chosen(user['addresses'], 'work')?.['locality']),
    // Entra and others have brought servers to say "False"
    active: String(user['active'] ?? true).toLowerCase() === 'false' ? 'false' : 'true',
    manager: textOf(isRecord(manager) ? manager['value'] : manager),
    group: groups,
    ...extensionsOf(user),
  };
}

/** Attributes of other extensions, under the names that a profile has for them. */
function extensionsOf(user: Identified): Record<string, unknown> {
  const parts = Object.entries(user).filter(
    ([urn]) => urn.startsWith('urn:') && urn !== ENTERPRISE && urn !== EMPLOYMENT,
  );
  return Object.fromEntries(
    parts.flatMap(([urn, part]) =>
      Object.entries(isRecord(part) ? part : {}).flatMap(([name, value]) => {
        const texts = (Array.isArray(value) ? value : [value]).map(textOf).filter((text) => text !== undefined);
        return texts.length > 0 ? [[`${urn}:${name}`, texts]] : [];
      }),
    ),
  );
}

function named(names: readonly string[], from: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, textOf(from[name])]));
}

/** The entry of this type, else the primary one, else the first. */
function chosen(list: unknown, type: string): Record<string, unknown> | undefined {
  const entries = Array.isArray(list) ? list.filter(isRecord) : [];
  return (
    entries.find((entry) => String(entry['type']).toLowerCase() === type) ??
    entries.find((entry) => entry['primary'] === true) ??
    entries[0]
  );
}

function valueIn(list: unknown, type: string): string | undefined {
  return textOf(chosen(list, type)?.['value']);
}

function phoneIn(list: unknown, type: string): string | undefined {
  const entries = Array.isArray(list) ? list.filter(isRecord) : [];
  const number = textOf(entries.find((entry) => String(entry['type']).toLowerCase() === type)?.['value']);
  const plain = number?.replace(/^tel:/i, '');
  return plain !== undefined && phoneOf(plain, undefined) !== null ? plain : undefined;
}

function recordAt(from: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  const found = from[name];
  return isRecord(found) ? found : {};
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return ['number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
