import type { Stored } from '../directory/stored.ts';

export type ResourceName = 'User' | 'Group';
const COMPUTED = { User: 'groups', Group: 'members' } as const;

/**
 * A resource as SCIM JSON text, spliced from the stored text: nothing is parsed, whatever its size. `base` is the URL
 * of the endpoint without a trailing slash.
 */
export function resourceText(name: ResourceName, stored: Stored, base: string): string {
  const { id, document, related } = stored;
  const computed = related ? `,"${COMPUTED[name]}":${absoluteRefs(related, base)}` : '';
  return `{"id":"${id}",${document.slice(1, -1)}${computed},"meta":${metaText(name, stored, base)}}`;
}

/** How a list goes on: by number, or by cursors (RFC 9865 §2), which are absent where there is no further page. */
export type Paging = { startIndex: number } | { next: string | undefined; previous: string | undefined };

/** A ListResponse (RFC 7644 §3.4.2) around resources that are text already. */
export function listText(resources: string[], total: number, paging: Paging): string {
  const { length } = resources;
  const head = JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    itemsPerPage: length,
    ...('startIndex' in paging
      ? { startIndex: paging.startIndex }
      : { nextCursor: paging.next, previousCursor: paging.previous }),
  });
  return `${head.slice(0, -1)},"Resources":[${resources.join(',')}]}`;
}

/** The weak entity tag of a version (RFC 7644 §3.14). */
export function etag(version: number): string {
  return `W/"${version}"`;
}

export function locationOf(name: ResourceName, id: string, base: string): string {
  return `${base}/${name}s/${id}`;
}

/** Put together as text: a base comes from the request, the rest needs no escaping but the tag's quotes. */
function metaText(name: ResourceName, stored: Stored, base: string): string {
  const created = isoText(stored.createdAt);
  const modified = stored.modifiedAt === stored.createdAt ? created : isoText(stored.modifiedAt);
  const times = `"created":"${created}","lastModified":"${modified}"`;
  const location = JSON.stringify(locationOf(name, stored.id, base));
  return `{"resourceType":"${name}",${times},"location":${location},"version":"W/\\"${stored.version}\\""}`;
}

function isoText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The database writes references relative to the endpoint; a quote inside a value is escaped, so this meets keys only. */
function absoluteRefs(related: string, base: string): string {
  return related.replaceAll('"$ref":"', `"$ref":"${base}/`);
}
