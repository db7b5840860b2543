import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { retryAfterOf, told } from '../../connectors/http/answer.ts';
import { isRecord } from '../../connectors/http/json.ts';
import { urlBelow } from '../../connectors/http/url.ts';
import { feedFailed } from '../failed.ts';
import type { FeedSettings, Source } from '../feed.ts';
import { keptToken, type TokenMemory } from '../https/token.ts';
import { createListed, type Listed } from '../listed.ts';
import { LISTED_PROFILE } from '../listed-profile.ts';
import { ask } from '../request.ts';
import { addressesOf, googleRow } from './row.ts';
import { type GoogleSettings, readGoogleSettings } from './settings.ts';
import { serviceToken } from './token.ts';

const PAGE_BYTES = 20_000_000;

/** The users of a Google Workspace, each of them a row. */
export function googleSource(feed: FeedSettings, memory: TokenMemory): Source {
  const settings = readGoogleSettings(feed);
  const { account, url, admin } = settings;
  const key = createHash('sha256')
    .update(JSON.stringify([account, admin]))
    .digest('hex');
  return {
    open: async ({ signal }) => {
      const token = () => keptToken(memory, key, () => serviceToken(settings, signal));
      const listed = await everybody(settings, token, () => memory.delete(key), signal);
      const body = Readable.from(listed.asJson(), { objectMode: false });
      const notes = [`${url.host} lists ${listed.count} people`];
      return { kind: 'roster', fileName: null, body, modifiedAt: null, seen: null, notes };
    },
    profile: LISTED_PROFILE,
    timeoutMinutes: settings.timeoutMinutes,
    secrets: [...Object.values(feed.secrets), account.privateKey],
    places: [url.origin, account.tokenUrl.origin],
  };
}

async function everybody(
  settings: GoogleSettings,
  token: () => Promise<string>,
  forget: () => void,
  signal: AbortSignal,
): Promise<Listed> {
  const listed = createListed();
  const seen = new Set<string>();
  for (let at: string | null = ''; at !== null; ) {
    const page = await readPage(settings, at, await token(), forget, signal);
    listed.add(page.users.map((user) => rowFor(user)));
    if (page.next !== null && seen.has(page.next))
      throw feedFailed('the list goes round in a circle: it is read again later');
    if (page.next !== null) seen.add(page.next);
    at = page.next;
  }
  if (listed.count > 0) return listed;
  throw feedFailed(`there is nobody in the list: is settings.customer "${settings.customer}" right?`);
}

function rowFor(user: Record<string, unknown>) {
  const { id } = user;
  if (typeof id !== 'string' || id === '') throw feedFailed('a user in the list has no id');
  return { id, names: addressesOf(user), row: googleRow(user, id) };
}

async function readPage(
  { url: base, customer, timeoutSeconds }: GoogleSettings,
  pageToken: string,
  token: string,
  forget: () => void,
  signal: AbortSignal,
) {
  const url = urlBelow(base, '/admin/directory/v1/users');
  const query = { customer, maxResults: '500', projection: 'full', orderBy: 'email', ...(pageToken && { pageToken }) };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
  const limits = { timeoutSeconds, maxResponseBytes: PAGE_BYTES };
  const answer = await ask({ method: 'GET', url, headers, body: null }, signal, limits);
  if (answer.status === 401) forget();
  const { status, body } = answer;
  if (status !== 200) throw feedFailed(told('the list of users', answer), undefined, retryAfterOf(answer));
  if (!isRecord(body)) throw feedFailed('the list of users is not JSON');
  const { users = [], nextPageToken } = body;
  if (!Array.isArray(users) || !users.every(isRecord)) throw feedFailed('users is not a list of objects');
  return { users, next: typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : null };
}
