import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { demandReachable, isLoopbackName, lookupWithin, type Reach } from '../connectors/http/address.ts';
import { parseJson } from '../connectors/http/json.ts';
import type { Answer, HttpLimits, HttpRequest } from '../connectors/http/send.ts';
import { httpUrl } from '../connectors/http/url.ts';
import { Fault, isFault } from '../errors.ts';
import { feedFailed, reasonOf } from './failed.ts';

export type RequestOptions = { readonly timeoutSeconds: number; readonly reach?: Reach };

/** The URL of a source: with TLS, unless it is on this machine. Throws Fault `config_invalid`. */
export function secureUrl(text: string, field: string): URL {
  const url = httpUrl(text, field, { query: true });
  if (url.protocol !== 'https:' && !isLoopbackName(url.hostname)) {
    throw new Fault('config_invalid', `${field} must begin with https: people's data go over the line`);
  }
  demandReachable(url.hostname, 'any');
  return url;
}

/**
 * Sends a request and gives the answer as it begins. Where the name leads to is judged when the connection is made, so a
 * name that changes cannot lead elsewhere; without TLS it may lead to this machine alone. Redirects are answers like any other.
 */
export function begin(request: HttpRequest, signal: AbortSignal, options: RequestOptions): Promise<IncomingMessage> {
  const { url, method, headers, body } = request;
  const { timeoutSeconds, reach = 'any' } = options;
  const secure = url.protocol === 'https:';
  if (!secure && reach === 'public')
    throw feedFailed(`${url.host} is refused: a redirect may lead nowhere without TLS`);
  const within = secure ? reach : 'loopback';
  demandReachable(url.hostname, within);
  return new Promise((resolve, reject) => {
    const sent = (secure ? httpsRequest : httpRequest)(url, {
      ...{ method, signal, agent: false, timeout: timeoutSeconds * 1000, lookup: lookupWithin(within) },
      headers: { 'accept-encoding': 'gzip', 'user-agent': 'Gangway', ...headers },
    });
    let response: IncomingMessage | undefined;
    sent.on('timeout', () => {
      const silent = feedFailed(`${url.host} said nothing for ${timeoutSeconds} seconds`);
      if (response) response.destroy(silent);
      else sent.destroy(silent);
    });
    sent.on('error', (error) => reject(signal.aborted ? signal.reason : asFault(error, url.host)));
    sent.on('response', (answer) => {
      response = answer;
      resolve(answer);
    });
    sent.end(body);
  });
}

/** The body of an answer, unpacked, to its end: whatever ends it early throws, so that a part never looks like a whole. */
export async function* bodyOf(
  answer: IncomingMessage,
  host: string,
  signal: AbortSignal,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  demandLength(answer, host);
  const coding = answer.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (coding !== 'identity' && coding !== 'gzip')
    throw feedFailed(`${host} packs its answer with ${coding}: only gzip is read`);
  let size = 0;
  try {
    const chunks = coding === 'gzip' ? pipeline(answer, createGunzip(), () => {}) : answer;
    for await (const chunk of chunks) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw feedFailed(`the answer of ${host} has more than ${maxBytes} bytes: see maxMegabytes`);
      yield chunk as Buffer;
    }
    if (!answer.complete) throw feedFailed(`the answer of ${host} broke off`);
  } catch (error) {
    signal.throwIfAborted();
    if (isFault(error)) throw error;
    throw feedFailed(`the answer of ${host} broke off (${reasonOf(error)})`, error);
  } finally {
    answer.destroy();
  }
}

// without a length or chunks, an answer ends where the line breaks: nobody could tell
function demandLength({ headers }: IncomingMessage, host: string): void {
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return;
  throw feedFailed(`${host} does not say how long its answer is: a part of it could not be told from the whole`);
}

/** Sends one request and reads the whole answer, which is small. */
export async function ask(request: HttpRequest, signal: AbortSignal, limits: HttpLimits): Promise<Answer> {
  const answer = await begin(request, signal, limits);
  const chunks: Buffer[] = [];
  const empty = answer.statusCode === 204 || answer.statusCode === 304;
  if (empty) answer.destroy();
  else for await (const chunk of bodyOf(answer, request.url.host, signal, limits.maxResponseBytes)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: answer.statusCode ?? 0, headers: headersOf(answer), text, body: parseJson(text) };
}

/** The headers of an answer, each as one text. */
export function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

function asFault(error: unknown, host: string): Fault {
  if (isFault(error)) return error;
  const reason = reasonOf(error);
  const tls = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|TLS|SSL/.test(reason);
  const mend = tls ? ': its certificate is not trusted (NODE_EXTRA_CA_CERTS names a file with your own authority)' : '';
  return feedFailed(`${host} does not answer (${reason})${mend}`, error);
}
