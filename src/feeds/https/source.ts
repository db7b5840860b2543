import { Readable } from 'node:stream';
import type { FeedSettings, Opened, Seen, Source } from '../feed.ts';
import { bodyOf, headersOf } from '../request.ts';
import { type Got, type HttpsClient, httpsClient } from './client.ts';
import { pagesAsOne } from './pages.ts';
import { type HttpsSettings, readHttpsSettings } from './settings.ts';
import type { TokenMemory } from './token.ts';

/** A file, or the pages of a list, behind a URL. `rowsAt` says where the people are in a JSON. */
export function httpsSource(feed: FeedSettings, memory: TokenMemory, rowsAt: string): Source {
  const settings = readHttpsSettings(feed);
  const { authentication, url, paging } = settings;
  const client = httpsClient(settings, memory);
  const places = [url.origin, ...(authentication.kind === 'oauth' ? [authentication.tokenUrl.origin] : [])];
  const header =
    authentication.kind === 'header' ? [authentication.value, authentication.value.replace(/^\S+ /, '')] : [];
  return {
    open: async ({ seen, signal }) => {
      if (!paging) return openFile(client, settings, seen, signal);
      const body = Readable.from(pagesAsOne(client, settings, paging, rowsAt, signal), { objectMode: false });
      return { kind: 'roster', fileName: nameOf(url), body, modifiedAt: null, seen: null, notes: [] };
    },
    profile: {},
    timeoutMinutes: settings.timeoutMinutes,
    secrets: [...Object.values(feed.secrets), ...header],
    places,
  };
}

async function openFile(
  client: HttpsClient,
  { url, maxMegabytes }: HttpsSettings,
  seen: Seen | null,
  signal: AbortSignal,
): Promise<Opened> {
  const conditions = {
    ...(seen?.etag && { 'if-none-match': seen.etag }),
    ...(seen?.lastModified && { 'if-modified-since': seen.lastModified }),
  };
  const got = await client(url, conditions, signal);
  if (got.answer.statusCode === 304) {
    got.answer.destroy();
    return { kind: 'unchanged' };
  }
  const headers = headersOf(got.answer);
  const body = Readable.from(bodyOf(got.answer, got.url.host, signal, maxMegabytes * 1_000_000), { objectMode: false });
  const { etag, 'last-modified': lastModified } = headers;
  const modified = new Date(lastModified ?? '');
  return {
    ...{ kind: 'roster', fileName: nameOf(url), body },
    modifiedAt: Number.isNaN(modified.getTime()) ? null : modified,
    seen: etag || lastModified ? { etag, lastModified } : null,
    notes: notesOn(got, headers),
  };
}

function notesOn(
  { answer, url }: Got,
  { etag, 'last-modified': lastModified, ...headers }: Record<string, string>,
): string[] {
  const unchanged = etag ? 'has an ETag' : lastModified ? 'says when it was changed' : 'has neither an ETag nor a date';
  return [
    `${url.host} answers ${answer.statusCode} with ${headers['content-type'] ?? 'a file of no named type'}`,
    `the file ${unchanged}${etag || lastModified ? ': it is fetched only when it has changed' : ': it is fetched every time'}`,
  ];
}

function nameOf({ pathname }: URL): string | null {
  const name = pathname.split('/').at(-1) ?? '';
  return name === '' ? null : decoded(name).slice(0, 200);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text).replace(/\0/g, '');
  } catch {
    return text;
  }
}
