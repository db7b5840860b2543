import { isRecord } from '../../connectors/http/json.ts';
import { languageOf } from '../../roster/read/language.ts';
import { phoneOf } from '../../roster/read/phone.ts';
import type { ListedRow } from '../listed.ts';

type User = Readonly<Record<string, unknown>>;

/**
 * One user of the Directory API as a row in our own format. The key is the id, which stays when an address changes. Who is
 * suspended or archived there is not active.
 */
export function googleRow(user: User, id: string): ListedRow {
  const name = isRecord(user['name']) ? user['name'] : {};
  const organization = primaryOf(user['organizations']);
  const language = textOf(primaryOf(user['languages'], 'preference', 'preferred')['languageCode']);
  return {
    key: id,
    userName: textOf(user['primaryEmail']),
    email: textOf(user['primaryEmail']),
    givenName: textOf(name['givenName']),
    familyName: textOf(name['familyName']),
    displayName: textOf(name['fullName']),
    employeeNumber: textOf(ofType(user['externalIds'], 'organization')['value']),
    title: textOf(organization['title']),
    department: textOf(organization['department']),
    costCenter: textOf(organization['costCenter']),
    organization: textOf(organization['name']),
    location: textOf(ofType(user['locations'], 'desk')['buildingId']) ?? textOf(organization['location']),
    phone: phoneIn(user, 'work'),
    mobile: phoneIn(user, 'mobile'),
    language: language !== undefined && languageOf(language) !== null ? language : undefined,
    manager: textOf(ofType(user['relations'], 'manager')['value'])?.toLowerCase(),
    active: user['suspended'] === true || user['archived'] === true ? 'false' : 'true',
    orgUnitPath: textOf(user['orgUnitPath']),
    ...customOf(user['customSchemas']),
  };
}

/** All addresses of a user: a manager is named by any of them. */
export function addressesOf(user: User): string[] {
  const others = listOf(user['emails']).map(({ address }) => address);
  return [user['primaryEmail'], ...others].flatMap((text) => (typeof text === 'string' ? [text.toLowerCase()] : []));
}

/** Fields of custom schemas, as columns like `customSchemas/Employment/storeId`. */
function customOf(schemas: unknown): Record<string, unknown> {
  if (!isRecord(schemas)) return {};
  return Object.fromEntries(
    Object.entries(schemas).flatMap(([schema, fields]) =>
      Object.entries(isRecord(fields) ? fields : {}).flatMap(([field, value]) => {
        const values = Array.isArray(value) ? value.map((item) => (isRecord(item) ? item['value'] : item)) : [value];
        const texts = values.map(textOf).filter((text) => text !== undefined);
        return texts.length > 0 ? [[`customSchemas/${schema}/${field}`, texts]] : [];
      }),
    ),
  );
}

function phoneIn(user: User, type: string): string | undefined {
  const number = textOf(ofType(user['phones'], type)['value']);
  return number !== undefined && phoneOf(number, undefined) !== null ? number : undefined;
}

function primaryOf(list: unknown, field = 'primary', value: unknown = true): User {
  const entries = listOf(list);
  return entries.find((entry) => entry[field] === value) ?? entries[0] ?? {};
}

function ofType(list: unknown, type: string): User {
  return listOf(list).find((entry) => entry['type'] === type) ?? {};
}

function listOf(list: unknown): User[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return ['number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
