import { Fault } from '../../errors.ts';
import type { ActualAccount } from '../../model/account.ts';
import type { AccountPage } from '../connector.ts';
import { type Client, pathOf, plain } from './client.ts';
import type { MembershipReader } from './memberships.ts';
import { equals, type Listed, type Resource, readList, readResource, unreadable } from './messages.ts';
import type { createProvider } from './provider.ts';
import type { ScimSettings } from './settings.ts';
import { carries, readUser } from './user.ts';

export type Reader = {
  /** The User itself, for a change that has to read it first; null when it is gone. */
  resource(id: string, signal: AbortSignal): Promise<(Resource & { id: string }) | null>;
  find(id: string, signal: AbortSignal): Promise<ActualAccount | null>;
  search(email: string, signal: AbortSignal): Promise<ActualAccount[]>;
  list(cursor: string | null, signal: AbortSignal): Promise<AccountPage>;
};

const PAGES_AT_MOST = 100;

/** The reads of a SCIM server: null and [] come only from an answer that was understood and says so. */
export function createReader(
  settings: ScimSettings,
  request: Client,
  provider: ReturnType<typeof createProvider>,
  memberships: MembershipReader,
): Reader {
  // learnt from the first refusal of a filter, and kept
  let filtersEmail = true;

  const account = async (user: Resource & { id: string }, signal: AbortSignal): Promise<ActualAccount> =>
    readUser(user, settings.groups ? await memberships(user, signal) : [], settings);

  const resource: Reader['resource'] = async (id, signal) => {
    const ask = { asked: 'find', method: 'GET', path: pathOf('/Users', id), answers: ['missing'] } as const;
    const { outcome, body } = await request(ask, signal);
    return outcome === 'missing' ? null : readResource(body, id);
  };

  /** One page of Users; null when the server does not know the filter. */
  const page = async (query: Record<string, string>, signal: AbortSignal): Promise<Listed | null> => {
    const ask = { asked: query['filter'] ? 'search' : 'list', method: 'GET', path: '/Users', query } as const;
    const { outcome, body } = await request({ ...ask, answers: ['invalidFilter'] }, signal);
    return outcome === 'invalidFilter' ? null : readList(body);
  };

  const everyPage = async (filter: string | null, signal: AbortSignal): Promise<Resource[] | null> => {
    const found: Resource[] = [];
    for (let pages = 0; pages < PAGES_AT_MOST; pages += 1) {
      const where = filter === null ? {} : { filter };
      const start = { startIndex: String(found.length + 1), count: String(settings.pageSize) };
      const listed = await page({ ...where, ...start }, signal);
      if (listed === null) return null;
      found.push(...listed.resources);
      if (listed.resources.length === 0 || found.length >= listed.total) return found;
    }
    throw new Fault('target_refused', `a search has more than ${PAGES_AT_MOST} pages`);
  };

  const filtered = async (attribute: string, email: string, signal: AbortSignal): Promise<Resource[] | null> => {
    const users = await everyPage(equals(attribute, email), signal);
    // the account asked for may be on a later page of everybody, so such an answer is none at all
    if (users?.some((user) => !carries(user, email))) {
      throw new Fault('target_refused', 'search answered other accounts: does the server ignore the filter?');
    }
    return users;
  };

  const scan = async (email: string, signal: AbortSignal): Promise<Resource[]> =>
    ((await everyPage(null, signal)) ?? []).filter((user) => carries(user, email));

  const lookUp = async (email: string, signal: AbortSignal): Promise<Resource[]> => {
    if (settings.userFilter === 'scan' || !(await provider.known(signal)).filter) return scan(email, signal);
    // letter case does not count for us, but for some servers it does
    const forms = [...new Set([email, email.toLowerCase()])];
    const found: Resource[] = [];
    for (const form of forms) {
      const byName = await filtered('userName', form, signal);
      if (byName === null) throw new Fault('target_refused', 'the server does not know the filter "userName eq"');
      found.push(...byName);
      if (settings.userFilter === 'userName') continue;
      const byEmail = filtersEmail ? await filtered('emails.value', form, signal) : null;
      if (byEmail === null) {
        filtersEmail = false;
        return scan(email, signal);
      }
      found.push(...byEmail);
    }
    return found;
  };

  return {
    resource,
    find: async (id, signal) => {
      const user = await resource(id, signal);
      return user && account(user, signal);
    },
    search: async (email, signal) => {
      const found = (await lookUp(plain(email, 'the e-mail'), signal)).map((user) => readResource(user));
      const each = new Map(found.map((user) => [user.id, user]));
      return Promise.all([...each.values()].map((user) => account(user, signal)));
    },
    list: async (cursor, signal) => {
      const { cursor: byCursor } = await provider.known(signal);
      const at = byCursor ? { cursor: cursor ?? '' } : { startIndex: cursor ?? '1' };
      const listed = await page({ ...at, count: String(settings.pageSize) }, signal);
      if (listed === null) throw unreadable('a list without a filter was refused for its filter');
      const accounts = await Promise.all(listed.resources.map((user) => account(readResource(user), signal)));
      return { accounts, next: nextOf(listed, byCursor, cursor) };
    },
  };
}

/** The next page: the server's own cursor, or the number behind what has just been read. */
function nextOf({ resources, total, nextCursor }: Listed, byCursor: boolean, cursor: string | null): string | null {
  if (byCursor) {
    if (nextCursor !== null && nextCursor === cursor) throw unreadable('the next page is the one just read');
    return nextCursor;
  }
  // a server may give fewer than asked for, and counts from one
  const next = Number(cursor ?? '1') + resources.length;
  return resources.length === 0 || next > total ? null : String(next);
}
