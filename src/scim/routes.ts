import { runBulk } from './bulk/run.ts';
import type { Context } from './context.ts';
import { discover, type Endpoint } from './discovery.ts';
import { ScimError } from './error.ts';
import { GROUPS } from './group.ts';
import type { Handlers } from './handlers.ts';
import { type ListParameters, listResources } from './list.ts';
import { isObject } from './schema/coerce.ts';
import { searchAll } from './search-all.ts';
import { USERS } from './user.ts';

/** What to send: no text for an answer without a body. */
export type Answer = { status: number; text?: string | undefined };

/** One endpoint: the methods that it takes (the rest is 405, RFC 9110 §15.5.6) and what it answers. */
export type Route = {
  readonly allow: readonly string[];
  answer(context: Context, method: string, body: unknown): Promise<Answer>;
  /** Most bytes of a body, where it is not as much as a bulk request may have. */
  readonly limit?: number;
};

/** One person, or a search: thousands of times what clients send, and little enough to be worked through at once. */
const SMALL = 1024 * 1024;

const READ = ['GET', 'HEAD'];
const PATH = /^\/([^/]+)(?:\/([^/]+))?\/?$/;

/** The endpoint that a path names, in any letter case; null when there is none. Throws URIError for a broken escape. */
export function findRoute(path: string): Route | null {
  const [, name = '', part] = PATH.exec(path) ?? [];
  const isSearch = part?.toLowerCase() === '.search';
  switch (name.toLowerCase()) {
    case 'users':
      if (part === undefined) return USER_COLLECTION;
      return isSearch ? USER_SEARCH : resource(USERS, decodeURIComponent(part), SMALL);
    case 'groups':
      if (part === undefined) return GROUP_COLLECTION;
      return isSearch ? GROUP_SEARCH : resource(GROUPS, decodeURIComponent(part));
    case 'serviceproviderconfig':
      return part === undefined ? discovery('ServiceProviderConfig') : null;
    case 'schemas':
      return discovery('Schemas', part);
    case 'resourcetypes':
      return discovery('ResourceTypes', part);
    default:
      return part === undefined ? (ROOT.get(name.toLowerCase()) ?? null) : null;
  }
}

function collection(handlers: Handlers, limit?: number): Route {
  return {
    ...(limit ? { limit } : {}),
    allow: [...READ, 'POST'],
    async answer(context, method, body) {
      if (method === 'POST') return { status: 201, text: await handlers.create(context, body) };
      return ok(await handlers.list(context));
    },
  };
}

const RESOURCE_METHODS = [...READ, 'PUT', 'PATCH', 'DELETE'];

function resource(handlers: Handlers, id: string, limit?: number): Route {
  return {
    ...(limit ? { limit } : {}),
    allow: RESOURCE_METHODS,
    async answer(context, method, body) {
      if (method === 'PUT') return ok(await handlers.replace(context, id, body));
      if (method === 'PATCH') {
        const text = await handlers.patch(context, id, body);
        return text === undefined ? { status: 204 } : ok(text);
      }
      if (method === 'DELETE') {
        await handlers.remove(context, id);
        return { status: 204 };
      }
      const text = await handlers.read(context, id);
      return text === null ? { status: 304 } : ok(text);
    },
  };
}

function discovery(endpoint: Endpoint, part?: string): Route {
  const id = part === undefined ? null : decodeURIComponent(part);
  return { allow: READ, answer: async (context) => ok(discover(context, endpoint, id)) };
}

function search(find: (context: Context, parameters: ListParameters) => Promise<string>): Route {
  return {
    allow: ['POST'],
    limit: SMALL,
    async answer(context, _method, body) {
      if (!isObject(body)) throw new ScimError(400, 'the body must be a JSON object', 'invalidSyntax');
      return ok(await find(context, body));
    },
  };
}

const ok = (text: string): Answer => ({ status: 200, text });

const USER_COLLECTION = collection(USERS, SMALL);
const GROUP_COLLECTION = collection(GROUPS);
const USER_SEARCH = search((context, parameters) => listResources(context, 'User', parameters));
const GROUP_SEARCH = search((context, parameters) => listResources(context, 'Group', parameters));

const ROOT = new Map<string, Route>([
  ['.search', search(searchAll)],
  ['bulk', { allow: ['POST'], answer: async (context, _method, body) => ok(await runBulk(context, body)) }],
  ['me', { allow: [], answer: async () => ({ status: 501 }) }],
]);
