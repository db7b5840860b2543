import type { ExtensionSchema, ExtensionType } from '../model/extension.ts';

/** What a column may be mapped to, attributes of declared extensions aside. */
export const ATTRIBUTES = [
  'employeeNumber',
  'externalId',
  'userName',
  'email',
  'givenName',
  'familyName',
  'displayName',
  'title',
  'department',
  'costCenter',
  'organization',
  'division',
  'manager',
  'phone',
  'mobile',
  'language',
  'startDate',
  'endDate',
  'birthday',
  'active',
  'location',
  'groups',
  'position',
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** How the text of a column is read. */
export const KINDS = ['text', 'date', 'dateTime', 'boolean', 'number', 'integer', 'list'] as const;
export type Kind = (typeof KINDS)[number];

/** Where a person's days of employment are kept: an extension that Gangway declares for a tenant with rosters. */
export const EMPLOYMENT = 'urn:gangway:params:scim:schemas:extension:employment:1.0:User';
export const EMPLOYMENT_ATTRIBUTES = ['startDate', 'endDate', 'birthday'] as const;

/** An attribute of an extension, like `urn:example:Store:1.0:User:storeId`. */
export type ExtensionPath = { readonly urn: string; readonly name: string };

/** The two parts of a path like `urn:example:Store:1.0:User:storeId`; null when it is none. */
export function extensionPath(path: string): ExtensionPath | null {
  const [, urn, name] = /^(urn:[^\s:]+(?::[^\s:]+)+):([A-Za-z][\w$-]*)$/.exec(path) ?? [];
  return urn !== undefined && name !== undefined ? { urn, name } : null;
}

/** How a declared attribute's text is read; null for complex ones, which no column can hold. */
export function declaredKind(extensions: readonly ExtensionSchema[], { urn, name }: ExtensionPath): Kind | null {
  const attribute = extensions.find((one) => one.urn === urn)?.attributes.find((one) => one.name === name);
  if (!attribute || attribute.type === 'complex') return null;
  return attribute.multiValued ? 'list' : KIND_OF[attribute.type];
}

/** Paths of the attributes of declared extensions that a column can hold. */
export function declaredPaths(extensions: readonly ExtensionSchema[]): string[] {
  return extensions
    .filter(({ resourceType }) => resourceType === 'User')
    .flatMap(({ urn, attributes }) =>
      attributes
        .filter(({ type, multiValued }) => type !== 'complex' && !(multiValued && type !== 'string'))
        .map(({ name }) => `${urn}:${name}`),
    );
}

const KIND_OF: Record<Exclude<ExtensionType, 'complex'>, Kind> = {
  string: 'text',
  reference: 'text',
  boolean: 'boolean',
  integer: 'integer',
  decimal: 'number',
  dateTime: 'dateTime',
};
