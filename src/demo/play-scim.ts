import { Fault } from '../errors.ts';
import { type Colleague, MARK } from './company.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
/** More than a day makes. */
export const MOST_PEOPLE = 500;

export type Operation = { op: 'add' | 'replace' | 'remove'; path?: string; value?: unknown };
export type Found = { id: string; emails?: { value: string }[] };
export type ScimClient = ReturnType<typeof scimClient>;

/** The requests that an identity provider would send, at one SCIM base URL. */
export function scimClient(base: string, token: string) {
  const send = sender(base, token);
  return {
    createUser: (user: object) => send('POST', '/Users', user),
    createGroup: (externalId: string, displayName: string) =>
      send('POST', '/Groups', { schemas: [GROUP], externalId, displayName }),
    patch: (path: string, Operations: Operation[]) =>
      send('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }),
    remove: (path: string) => send('DELETE', path),
    /** What an earlier day left. */
    played: async (kind: 'Users' | 'Groups'): Promise<Found[]> => {
      const query = new URLSearchParams({ filter: `externalId sw "${MARK}"`, count: String(MOST_PEOPLE) });
      if (kind === 'Groups') query.set('excludedAttributes', 'members');
      return (await send('GET', `/${kind}?${query}`))['Resources'] as Found[];
    },
  };
}

function sender(base: string, token: string) {
  return async (method: string, path: string, body?: object): Promise<Record<string, unknown> & { id: string }> => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await response.text();
    const answer = text ? JSON.parse(text) : {};
    if (response.ok) return answer;
    if (response.status === 401) throw new Fault('config_invalid', WRONG_TOKEN);
    throw new Fault('config_invalid', `${method} ${path}: ${response.status} ${answer.detail ?? ''}`);
  };
}

const WRONG_TOKEN =
  'the server does not take the token in the data folder: it keeps its data elsewhere; set GANGWAY_DATA as for npm start';

/** A colleague as an enterprise User (RFC 7643 §8.3). */
export function userOf(colleague: Colleague, managerId: string | null): object {
  const { externalId, email, givenName, familyName, displayName, language, department, title, number } = colleague;
  return {
    schemas: [USER, ENTERPRISE],
    externalId,
    userName: email,
    name: { givenName, familyName, formatted: displayName },
    displayName,
    title,
    preferredLanguage: language,
    emails: [{ value: email, type: 'work', primary: true }],
    phoneNumbers: [{ value: `+1-555-01${String(number % 100).padStart(2, '0')}`, type: 'work' }],
    active: true,
    [ENTERPRISE]: {
      employeeNumber: String(1000 + number),
      department,
      ...(managerId === null ? {} : { manager: { value: managerId } }),
    },
  };
}

/** A new place in the company, as one PATCH. */
export function moveTo(department: string, title: string): Operation[] {
  return [{ op: 'replace', value: { title, [`${ENTERPRISE}:department`]: department } }];
}
