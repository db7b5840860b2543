const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

const GIVEN = ['Ada', 'Björn', 'Chloé', 'Dmitri', 'Farid', 'Grace', 'Hiro', 'Inès', 'Katarzyna', 'Priya', 'Søren'];
const FAMILY = ['Andersson', 'Castillo', 'Dubois', 'García', 'Ito', 'Kowalski', 'Müller', 'Nguyen', 'Okafor', 'Rossi'];
const TITLES = ['Engineer', 'Account Executive', 'Payroll Specialist', 'Support Analyst', 'Recruiter'];
const DEPARTMENTS = ['Engineering', 'Sales', 'Finance', 'People', 'Operations', 'Support'];

export type ScimUser = Record<string, unknown> & { userName: string; externalId: string };

export const userNameOf = (n: number) => `person.${number(n)}@corp.example`;
export const externalIdOf = (n: number) => `00u-${number(n)}`;

/** The nth user, always the same: what a large identity provider sends, about 1 KB with the enterprise extension. */
export function aUser(n: number, title = from(TITLES, n)): ScimUser {
  const given = from(GIVEN, n);
  const family = from(FAMILY, n * 7 + Math.floor(n / GIVEN.length));
  return {
    schemas: [CORE, ENTERPRISE],
    externalId: externalIdOf(n),
    userName: userNameOf(n),
    name: { formatted: `${given} ${family}`, familyName: family, givenName: given },
    displayName: `${given} ${family}`,
    nickName: given,
    title,
    userType: 'Employee',
    preferredLanguage: 'en-US',
    locale: 'en-US',
    timezone: 'Europe/Stockholm',
    active: true,
    ...contact(n),
    [ENTERPRISE]: {
      employeeNumber: number(n),
      costCenter: `CC-${(n % 90) + 10}`,
      organization: 'Example Corp',
      division: 'EMEA',
      department: from(DEPARTMENTS, n),
    },
  };
}

export function aGroup(displayName: string, memberIds: readonly string[]): Record<string, unknown> {
  const members = memberIds.map((value) => ({ value }));
  return { schemas: [GROUP], displayName, externalId: displayName, members };
}

export function aPatch(...operations: unknown[]): Record<string, unknown> {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
}

export function aBulk(first: number, size: number): Record<string, unknown> {
  const operations = Array.from({ length: size }, (_, k) => ({
    method: 'POST',
    path: '/Users',
    bulkId: `b${first + k}`,
    data: aUser(first + k),
  }));
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], failOnErrors: 0, Operations: operations };
}

function contact(n: number) {
  const street = `${(n % 400) + 1} Market Street`;
  const city = { locality: 'Stockholm', region: 'Stockholm', postalCode: '111 22', country: 'SE' };
  return {
    emails: [
      { value: userNameOf(n), type: 'work', primary: true },
      { value: `person.${number(n)}@home.example`, type: 'home' },
    ],
    phoneNumbers: [
      { value: `+46-8-555-${number(n)}`, type: 'work' },
      { value: `+46-70-555-${number(n)}`, type: 'mobile' },
    ],
    addresses: [
      { type: 'work', primary: true, formatted: `${street}, Stockholm 111 22, SE`, streetAddress: street, ...city },
    ],
  };
}

function number(n: number): string {
  return String(n).padStart(7, '0');
}

function from(list: readonly string[], n: number): string {
  return list[n % list.length] ?? '';
}
