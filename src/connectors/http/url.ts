import { Fault } from '../../errors.ts';

/** Where a target is: plain http or https, without credentials or fragment. Throws Fault `config_invalid`. */
export function httpUrl(text: string, field: string, { query = false } = {}): URL {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new Fault('config_invalid', `${field} must give an http or https URL`);
  }
  if (url.username || url.password || url.hash || (url.search && !query)) {
    const parts = query ? 'credentials or a fragment' : 'credentials, a query or a fragment';
    throw new Fault('config_invalid', `${field} must not hold ${parts}`);
  }
  return url;
}

/** A value as one segment of a path; an empty one would make the path speak to all accounts at once. */
export function pathSegment(value: string, what: string): string {
  if (value === '') throw new Fault('target_refused', `${what} is empty and cannot stand in a path`);
  if (!value.isWellFormed()) throw new Fault('target_refused', `${what} is not well-formed text`);
  return encodeURIComponent(value);
}

/** The path itself; URL parsers read %2e as a dot, so a segment of dots cannot be sent at all. */
export function withoutDots(path: string, source: string): string {
  if (!path.split('/').some((segment) => segment === '.' || segment === '..')) return path;
  throw new Fault('target_refused', `a value makes "." or ".." out of the path ${source}`);
}

/** The URL of a path below the base; throws when the path does not survive the URL parser. */
export function urlBelow(base: URL, path: string, source = path): URL {
  const whole = base.pathname.replace(/\/$/, '') + withoutDots(path, source);
  const url = new URL(whole, base);
  // whatever the values were, the request goes to this API and to exactly this path of it
  if (url.origin !== base.origin || url.pathname !== whole) {
    throw new Fault('target_refused', `the path ${source} does not survive its values`);
  }
  return url;
}
