import type { IncomingMessage } from 'node:http';
import { retryAfterOf, told } from '../connectors/http/answer.ts';
import { parseJson } from '../connectors/http/json.ts';
import type { HttpRequest } from '../connectors/http/send.ts';
import { readSecret, signatureHeaders } from '../connectors/webhook/signature.ts';
import { isFault } from '../errors.ts';
import { begin, bodyOf, headersOf, secureUrl } from '../feeds/request.ts';
import type { GangwayEvent } from '../model/event.ts';
import type { Vault } from '../vault.ts';
import { setClaims, webhookBody } from './payload.ts';
import type { Signer } from './signing-keys.ts';
import type { Stream } from './streams.ts';

/** What became of one event at its receiver; `gone`: it says itself that nobody listens there any more. */
export type Sent =
  | { readonly kind: 'received' }
  | { readonly kind: 'again' | 'gone'; readonly words: string; readonly waitSeconds?: number | undefined };

export type Issuing = {
  readonly vault: Vault;
  readonly sign: Signer;
  /** Our address as receivers know it, without a trailing slash. */
  readonly publicUrl: () => string;
};

const TIMEOUT_SECONDS = 15;
const MOST_READ_BYTES = 16_384;
/** Whoever asks for longer is asked again before. */
const LONGEST_WAIT_SECONDS = 3_600;

/** Sends one event to the receiver of a stream, and says what became of it. Throws only when `stop` is aborted. */
export async function sendEvent(
  issuing: Issuing,
  stream: Stream,
  event: GangwayEvent,
  stop: AbortSignal,
): Promise<Sent> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_SECONDS * 1000)]);
  try {
    const request = await requestFor(issuing, stream, event);
    const answer = await begin(request, signal, { timeoutSeconds: TIMEOUT_SECONDS });
    return await outcomeOf(answer, request.url.host, signal);
  } catch (error) {
    stop.throwIfAborted();
    if (signal.aborted) return { kind: 'again', words: `no answer within ${TIMEOUT_SECONDS} seconds` };
    if (isFault(error)) return { kind: 'again', words: error.message };
    throw error;
  }
}

async function requestFor(issuing: Issuing, stream: Stream, event: GangwayEvent): Promise<HttpRequest> {
  const url = secureUrl(stream.url ?? '', 'url');
  const { secret = '', former, token } = issuing.vault.open(stream.secrets);
  if (stream.kind === 'webhook') {
    const isFormerValid = former !== undefined && stream.formerUntil !== null && stream.formerUntil > new Date();
    const keys = [secret, ...(isFormerValid ? [former] : [])].map((text) => readSecret('secret', text));
    const body = webhookBody(event);
    const headers = {
      'content-type': 'application/json',
      ...signatureHeaders(keys, { id: event.id, body, at: new Date() }),
    };
    return { method: 'POST', url, headers, body };
  }
  const headers = { 'content-type': 'application/secevent+jwt', accept: 'application/json' };
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const body = await securityEventToken(issuing, stream, event);
  return { method: 'POST', url, headers: { ...headers, ...authorization }, body };
}

/** An event as a signed token for the receiver of a stream. */
export async function securityEventToken(
  { sign, publicUrl }: Pick<Issuing, 'sign' | 'publicUrl'>,
  { tenantId, audience }: Stream,
  event: GangwayEvent,
): Promise<string> {
  return sign({ ...setClaims(event, tenantId), iss: publicUrl(), aud: audience });
}

/**
 *   status      outcome
 *   2xx         received
 *   410         gone: Standard Webhooks has receivers say so
 *   otherwise   again, no sooner than Retry-After says; redirects too
 */
async function outcomeOf(answer: IncomingMessage, host: string, signal: AbortSignal): Promise<Sent> {
  const status = answer.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    answer.destroy(); // what else it says nobody reads
    return { kind: 'received' };
  }
  const headers = headersOf(answer);
  const text = await textOf(answer, host, signal);
  const body = parseJson(text);
  const words = `${host}: ${told('the event', { status, headers, text, body })}${errorCode(body)}`;
  if (status === 410) return { kind: 'gone', words };
  const asked = retryAfterOf({ headers });
  return { kind: 'again', words, waitSeconds: asked === undefined ? undefined : Math.min(asked, LONGEST_WAIT_SECONDS) };
}

/** What a receiver of tokens says in the form of RFC 8935 §2.3. */
function errorCode(body: unknown): string {
  const { err, description } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const words = [err, description].filter((each) => typeof each === 'string').join(': ');
  return words === ''
    ? ''
    : ` (${words
        .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
        .slice(0, 300)
        .toWellFormed()})`;
}

/** Words that help a human; an answer that breaks off has none. */
async function textOf(answer: IncomingMessage, host: string, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of bodyOf(answer, host, signal, MOST_READ_BYTES)) chunks.push(chunk);
  } catch {
    answer.destroy();
    return '';
  }
  return Buffer.concat(chunks).toString('utf8');
}
