import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { retryAfterOf, told } from '../../connectors/http/answer.ts';
import { parseJson } from '../../connectors/http/json.ts';
import { feedFailed } from '../failed.ts';
import { begin, bodyOf, headersOf } from '../request.ts';
import type { HttpsSettings } from './settings.ts';
import { clientToken, keptToken, type TokenMemory } from './token.ts';

/** An answer that begins: where it came from in the end, and what is to be read of it. */
export type Got = { readonly answer: IncomingMessage; readonly url: URL };
export type HttpsClient = (url: URL, headers: Record<string, string>, signal: AbortSignal) => Promise<Got>;

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
const ERROR_BYTES = 20_000;

/** Asks for a URL as the feed's settings say: with its secret, following redirects as far as they may lead. */
export function httpsClient(settings: HttpsSettings, memory: TokenMemory): HttpsClient {
  const { timeoutSeconds, authentication } = settings;
  const key = createHash('sha256').update(JSON.stringify(authentication)).digest('hex');

  const proof = async (signal: AbortSignal): Promise<Record<string, string>> => {
    if (authentication.kind === 'none') return {};
    if (authentication.kind === 'header') return { [authentication.name]: authentication.value };
    const token = await keptToken(memory, key, () => clientToken(authentication, signal, timeoutSeconds));
    return { authorization: `Bearer ${token}` };
  };

  return async (url, headers, signal) => {
    const first = await follow(settings, url, { ...headers, ...(await proof(signal)) }, signal);
    if (first.answer.statusCode !== 401 || authentication.kind !== 'oauth') return demandAnswer(first, signal);
    // the token may have been withdrawn before its time
    first.answer.destroy();
    memory.delete(key);
    return demandAnswer(await follow(settings, url, { ...headers, ...(await proof(signal)) }, signal), signal);
  };
}

async function follow(
  { redirects, timeoutSeconds }: HttpsSettings,
  from: URL,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Got> {
  let url = from;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const strange = url.origin !== from.origin;
    const sent = strange ? {} : headers; // what proves who we are goes nowhere else
    const request = { method: 'GET', url, headers: { accept: ACCEPTED, ...sent }, body: null };
    const answer = await begin(request, signal, { timeoutSeconds, reach: strange ? 'public' : 'any' });
    if (!REDIRECTS.includes(answer.statusCode ?? 0)) return { answer, url };
    answer.destroy();
    const next = URL.parse(String(answer.headers.location ?? ''), url);
    const asSafe = next?.protocol === 'https:' || next?.protocol === from.protocol;
    if (!next || !asSafe || next.username || next.password) {
      throw feedFailed(`${url.host} redirects to where nothing can be fetched: give the address of the file itself`);
    }
    if (next.origin !== from.origin && redirects !== 'any') {
      throw feedFailed(
        `${url.host} redirects to ${next.host}: if that is right, set settings.redirects to any, or give that address`,
      );
    }
    url = next;
  }
  throw feedFailed(`${from.host} redirects more than ${MOST_REDIRECTS} times`);
}

const ACCEPTED = 'text/csv, application/xml, application/json, */*;q=0.5';

/** An answer that is a file, or says that nothing has changed; all else throws in the source's own words. */
async function demandAnswer(got: Got, signal: AbortSignal): Promise<Got> {
  const { answer, url } = got;
  const { statusCode: status = 0 } = answer;
  const headers = headersOf(answer);
  if (status === 304) return got;
  if (status !== 200) {
    const text = await beginningOf(answer, url.host, signal);
    const reply = { status, headers, text, body: parseJson(text) };
    throw feedFailed(told(url.host, reply), undefined, retryAfterOf(reply));
  }
  if (/\bhtml\b/i.test(headers['content-type'] ?? '')) {
    answer.destroy();
    throw feedFailed(`${url.host} answers with a web page, not with a file: is it the sign-in page?`);
  }
  return got;
}

async function beginningOf(answer: IncomingMessage, host: string, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of bodyOf(answer, host, signal, ERROR_BYTES)) chunks.push(chunk);
  } catch {
    signal.throwIfAborted(); // the status says enough
  }
  return Buffer.concat(chunks).toString('utf8');
}
