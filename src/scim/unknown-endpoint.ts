import { ScimError } from './error.ts';

const ENDPOINTS = ['Users', 'Groups', 'ServiceProviderConfig', 'ResourceTypes', 'Schemas', 'Bulk', 'Me'];
const BY_LOWER_CASE = new Map<string, string>([
  ...ENDPOINTS.map((name): [string, string] => [name.toLowerCase(), name]),
  ['user', 'Users'],
  ['group', 'Groups'],
  ['serviceproviderconfigs', 'ServiceProviderConfig'],
  ['resourcetype', 'ResourceTypes'],
  ['schema', 'Schemas'],
]);

/** A 404 that says which URL was meant: a doubled /v2, a singular, another letter case. */
export function unknownEndpoint(path: string, base: string): ScimError {
  const meant = meantBy(path);
  const hint = meant ? `did you mean ${base}/${meant}?` : `the endpoints are /Users and /Groups under ${base}`;
  return new ScimError(404, `there is no ${path.slice(0, 200)} here; ${hint}`);
}

/** True when the path names an endpoint in another letter case. */
export function isMisspelt(path: string): boolean {
  if (path.startsWith('/Users') || path.startsWith('/Groups')) return false; // nearly all requests
  const [first = ''] = path.split('/').filter(Boolean);
  const name = BY_LOWER_CASE.get(first.toLowerCase());
  return name !== undefined && name !== first && name.toLowerCase() === first.toLowerCase();
}

function meantBy(path: string): string | null {
  const parts = path.split('/').filter(Boolean);
  const index = parts.findIndex((part) => BY_LOWER_CASE.has(part.toLowerCase()));
  if (index < 0) return null;
  const name = BY_LOWER_CASE.get(parts[index]?.toLowerCase() ?? '') ?? '';
  return [name, ...parts.slice(index + 1, index + 2)].join('/').slice(0, 200);
}
