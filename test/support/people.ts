import { randomUUID } from 'node:crypto';
import type { Body, Client } from './app.ts';

export const USER_URN = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP_URN = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE_URN = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error';
export const LIST_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

type Resource = Record<string, unknown>;

/** A User to send, with a userName of its own. */
export function aUser(more: Resource = {}): Resource {
  const userName = more['userName'] ?? `${randomUUID()}@example.com`;
  return { schemas: [USER_URN], userName, active: true, ...more };
}

/** A Group to send; members are ids. */
export function aGroup({ members, ...more }: Resource & { members?: readonly string[] } = {}): Resource {
  const list = members ? { members: members.map((value) => ({ value })) } : {};
  return { schemas: [GROUP_URN], displayName: `Group ${randomUUID()}`, ...list, ...more };
}

/** A PatchOp message around operations. */
export function aPatch(...Operations: unknown[]): Resource {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations };
}

export async function createUser(client: Pick<Client, 'request'>, more: Resource = {}): Promise<Body> {
  return created(await client.request('POST', '/Users', aUser(more)));
}

export async function createGroup(
  client: Pick<Client, 'request'>,
  more: Resource & { members?: readonly string[] } = {},
): Promise<Body> {
  return created(await client.request('POST', '/Groups', aGroup(more)));
}

function created({ status, body }: { status: number; body: Body }): Body {
  if (status !== 201) throw new Error(`not created: ${status} ${JSON.stringify(body)}`);
  return body;
}
