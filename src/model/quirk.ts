import type { Profile } from './connection.ts';

/**
 * A deviation from RFC 7643 and 7644 that we accept though a client should not send it: what it is, whose habit it is,
 * and which profiles expect it. One that a profile does not expect hints at a wrongly chosen profile.
 */
export type Quirk = {
  readonly what: string;
  readonly whose: string;
  readonly expected: readonly Profile[];
};

const ENTRA: readonly Profile[] = ['entra', 'generic'];
const OTHERS: readonly Profile[] = ['generic'];
const ANYBODY: readonly Profile[] = ['okta', 'entra', 'generic'];

/** The closed list. docs/scim.md shows it; a test compares the two. */
export const QUIRKS = {
  string_boolean: { what: '"True" or "False" as text, where true or false is due', whose: 'Entra ID', expected: ENTRA },
  number_for_text: { what: 'a number, true or false where text is due', whose: 'scripts', expected: OTHERS },
  bare_member: { what: 'a bare id as a member, without an object around it', whose: 'scripts', expected: OTHERS },
  bare_value: { what: 'a bare text (a manager’s id) where an object is due', whose: 'Entra ID', expected: ENTRA },
  empty_text_for_object: { what: 'an empty text to unassign a manager', whose: 'Entra ID', expected: ENTRA },
  single_not_array: { what: 'one value where a list is due', whose: 'scripts', expected: OTHERS },
  one_in_array: { what: 'a list of one where a single value is due', whose: 'Entra ID', expected: ENTRA },
  no_schemas: { what: 'no schemas, or not the one of the message or resource', whose: 'gateways', expected: OTHERS },
  unknown_schema_ignored: { what: 'a schema that nobody here knows', whose: 'Entra ID', expected: ENTRA },
  unknown_attribute_ignored: { what: 'an attribute that no schema here has', whose: 'everybody', expected: ANYBODY },
  unknown_in_filter: { what: 'a filter by an attribute that no schema here has', whose: 'scripts', expected: OTHERS },
  unsortable_ignored: { what: 'sorting by something that has no order', whose: 'scripts', expected: OTHERS },
  filter_after_brackets: { what: 'a filter like emails[…].value eq "…"', whose: 'Entra ID', expected: ENTRA },
  capitalised_op: { what: '"Add", "Replace" or "Remove" in a PATCH', whose: 'Entra ID', expected: ENTRA },
  value_in_remove: { what: 'a removal that lists in its value what goes', whose: 'Entra ID', expected: ENTRA },
  dotted_key: { what: 'name.givenName or emails[…] as a key of a PATCH value', whose: 'Entra ID', expected: ENTRA },
  urn_key: { what: 'urn:…:User:department as a key of a PATCH value', whose: 'Entra ID', expected: ENTRA },
  urn_dot: { what: 'a dot between schema and attribute: urn:…:User.department', whose: 'Entra ID', expected: ENTRA },
  replace_adds_element: {
    what: 'a replace of an e-mail (or other element) not there',
    whose: 'Entra ID',
    expected: ENTRA,
  },
  add_by_filter: { what: 'members added by members[value eq "id"]', whose: 'Entra ID', expected: ENTRA },
  rehire_by_post: { what: 'a POST for somebody who is there, but inactive', whose: 'everybody', expected: ANYBODY },
  misspelt_endpoint: { what: '/users or /groups in another letter case', whose: 'scripts', expected: OTHERS },
  base64_token: { what: 'the token encoded in base64 once more', whose: 'gateways', expected: OTHERS },
} as const satisfies Record<string, Quirk>;

export type QuirkName = keyof typeof QUIRKS;

/** How often a connection sent a quirk: the requests that held it, however often each did. */
export type QuirkCount = { quirk: string; count: number; firstSeen: Date; lastSeen: Date };

/** The quirk of this name; null for one of another version of Gangway. */
export function quirkNamed(name: string): Quirk | null {
  return Object.hasOwn(QUIRKS, name) ? QUIRKS[name as QuirkName] : null;
}
