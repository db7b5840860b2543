type Body = Record<string, unknown>;

/** One request of a client, and what it wants to see; null when it is content. */
export type Request = {
  readonly name: string;
  readonly path: string;
  readonly does: string;
  readonly wants: (body: Body) => string | null;
};

/** Whose first requests are known. */
export const CLIENTS = ['okta', 'entra', 'generic'] as const;
export type Client = (typeof CLIENTS)[number];

/** The client that a profile allows for. */
export function clientOf(profile: string): Client {
  return CLIENTS.find((client) => client === profile) ?? 'generic';
}

/** What says that the address and the token are right, whoever asks. */
export const HELLO: Request = {
  name: 'token',
  path: '/ServiceProviderConfig',
  does: 'the token, and ServiceProviderConfig',
  wants: ({ schemas }) => (Array.isArray(schemas) ? null : 'the answer is no ServiceProviderConfig of SCIM'),
};

/** What a client asks first; none of it changes anything. `unknown` is a name that nobody has. */
export function openingOf(client: Client, unknown: string): readonly Request[] {
  const nobody = filter('userName', `${unknown}@example.com`);
  const noGroup = filter('displayName', unknown);
  switch (client) {
    case 'entra':
      return [
        search('credentials', `/Users?${nobody}`, 'Entra’s connection test, a search for nobody'),
        search('groups', `/Groups?excludedAttributes=members&${noGroup}`, 'Entra’s search for a group'),
      ];
    case 'okta':
      return [
        list('users', '/Users?startIndex=1&count=2', 'Okta’s first page of users'),
        search('credentials', `/Users?${nobody}&startIndex=1&count=100`, 'Okta’s search for a userName'),
        list('groups', '/Groups?startIndex=1&count=100', 'Okta’s page of groups'),
      ];
    case 'generic':
      return [
        list('users', '/Users?count=1', 'a page of users'),
        search('credentials', `/Users?${nobody}`, 'a search for a userName'),
        list('groups', '/Groups?count=1', 'a page of groups'),
      ];
    default:
      return client satisfies never;
  }
}

function list(name: string, path: string, does: string): Request {
  return { name, path, does, wants: page };
}

function search(name: string, path: string, does: string): Request {
  return { name, path, does, wants: empty };
}

function filter(attribute: string, value: string): string {
  return new URLSearchParams({ filter: `${attribute} eq "${value}"` }).toString();
}

function page({ totalResults, Resources = [] }: Body): string | null {
  return Number.isInteger(totalResults) && Array.isArray(Resources) ? null : 'the answer is no list of SCIM';
}

function empty(body: Body): string | null {
  return (
    page(body) ?? (body['totalResults'] === 0 ? null : 'it found somebody whom it cannot have: filters do not work')
  );
}
