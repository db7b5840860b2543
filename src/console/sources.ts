import type { Profile } from '../model/connection.ts';

/** How people come in from a source: it sends them by SCIM, sends files, or Gangway fetches them. */
export type Way = 'scim' | 'roster' | 'feed';

/** A value that is pasted into a field of the source: our address, the token, or what stands here. */
type Field = { readonly label: string; readonly value: 'url' | 'token' | { readonly text: string } };

/** A kind of identity provider or HR system that a connection can be made for. */
export type Source = {
  readonly key: string;
  /** Empty where it is no product. */
  readonly product: string;
  readonly category: 'identity' | 'hr' | 'other';
  readonly profile: Profile;
  readonly way: Way;
  /** The file of docs/ that guides through it. */
  readonly guide: string;
  /** How many steps its words have. */
  readonly steps: number;
  /** What to paste where, by the labels on its own screens. */
  readonly fields: readonly Field[];
};

const text = (value: string) => ({ text: value });

/** The catalogue (S20): what a connection can be made for, and what is pasted where. */
export const SOURCES: readonly Source[] = [
  {
    key: 'okta',
    product: 'Okta',
    category: 'identity',
    profile: 'okta',
    way: 'scim',
    guide: 'okta',
    steps: 4,
    fields: [
      { label: 'SCIM connector base URL', value: 'url' },
      { label: 'Unique identifier field for users', value: text('userName') },
      {
        label: 'Supported provisioning actions',
        value: text('Push New Users, Push Profile Updates, Push Groups'),
      },
      { label: 'Authentication Mode', value: text('HTTP Header') },
      { label: 'Authorization (Bearer)', value: 'token' },
    ],
  },
  {
    key: 'entra',
    product: 'Microsoft Entra ID',
    category: 'identity',
    profile: 'entra',
    way: 'scim',
    guide: 'entra',
    steps: 4,
    fields: [
      { label: 'Tenant URL', value: 'url' },
      { label: 'Secret token', value: 'token' },
    ],
  },
  {
    key: 'google',
    product: 'Google Workspace',
    category: 'identity',
    profile: 'generic',
    way: 'feed',
    guide: 'google',
    steps: 3,
    fields: [],
  },
  {
    key: 'onelogin',
    product: 'OneLogin',
    category: 'identity',
    profile: 'generic',
    way: 'scim',
    guide: 'onelogin-jumpcloud',
    steps: 4,
    fields: [
      { label: 'SCIM Base URL', value: 'url' },
      { label: 'SCIM Bearer Token', value: 'token' },
    ],
  },
  {
    key: 'jumpcloud',
    product: 'JumpCloud',
    category: 'identity',
    profile: 'generic',
    way: 'scim',
    guide: 'onelogin-jumpcloud',
    steps: 4,
    fields: [
      { label: 'SCIM version', value: text('SCIM 2.0') },
      { label: 'Base URL', value: 'url' },
      { label: 'Token Key', value: 'token' },
    ],
  },
  {
    key: 'hr',
    product: '',
    category: 'hr',
    profile: 'generic',
    way: 'roster',
    guide: 'rosters',
    steps: 4,
    fields: [],
  },
  {
    key: 'scim',
    product: '',
    category: 'other',
    profile: 'generic',
    way: 'scim',
    guide: 'scim',
    steps: 3,
    fields: [
      { label: 'SCIM base URL', value: 'url' },
      { label: 'Authentication', value: text('bearer token') },
      { label: 'Token', value: 'token' },
      { label: 'SCIM version', value: text('2.0') },
      { label: 'Unique identifier', value: text('userName') },
    ],
  },
];

/**
 * Which source a connection is most likely for. Nobody keeps what it was made for, and whoever looks may choose another.
 *
 *   asked for   profile         name                         source
 *   known       any             any                          the one asked for
 *   -           okta or entra   any                          of that profile
 *   -           otherwise       names a product              that one
 *   -           otherwise       begins with its key          that one
 *   -           otherwise       otherwise                    any SCIM client
 */
export function sourceOf({ profile, name }: { profile: Profile; name: string }, asked?: string): Source {
  const called = name.toLowerCase();
  const isCalled = ({ key, product }: Source) =>
    product === '' ? called.startsWith(key) : called.includes(key) || called.includes(product.toLowerCase());
  const found =
    SOURCES.find(({ key }) => key === asked) ??
    SOURCES.find((one) => one.profile === profile && profile !== 'generic') ??
    SOURCES.find(isCalled) ??
    SOURCES.find(({ key }) => key === 'scim');
  if (!found) throw new Error('the catalogue has an entry for any SCIM client');
  return found;
}
