import { retryAfterOf, told } from '../../connectors/http/answer.ts';
import { isRecord } from '../../connectors/http/json.ts';
import { feedFailed } from '../failed.ts';
import { ask } from '../request.ts';
import type { Authentication } from './settings.ts';

type OAuth = Extract<Authentication, { kind: 'oauth' }>;
type Kept = { readonly token: string; readonly until: number };

/** Tokens that are still good, by what they were asked for with. One process keeps its own. */
export type TokenMemory = Map<string, Kept>;

/** A token is not used in its last seconds: it may have to wait on its way. */
const SPARE_SECONDS = 30;
const LIFE_SECONDS = 300;
const MOST_KEPT = 1_000;
const ANSWER_BYTES = 100_000;

/** A kept token, or a new one by what `fetch` gets. */
export async function keptToken(
  memory: TokenMemory,
  key: string,
  fetch: () => Promise<{ token: string; seconds: number }>,
  now: () => number = Date.now,
): Promise<string> {
  const kept = memory.get(key);
  if (kept && kept.until > now()) return kept.token;
  const { token, seconds } = await fetch();
  if (memory.size >= MOST_KEPT) memory.clear();
  memory.set(key, { token, until: now() + (seconds - SPARE_SECONDS) * 1000 });
  return token;
}

/** Gets a token by client credentials (RFC 6749 section 4.4). */
export async function clientToken(
  { tokenUrl, clientId, clientSecret, clientAuth, scope, audience }: OAuth,
  signal: AbortSignal,
  timeoutSeconds: number,
): Promise<{ token: string; seconds: number }> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== undefined) form.set('scope', scope);
  if (audience !== undefined) form.set('audience', audience);
  const headers: Record<string, string> = {};
  if (clientAuth === 'basic') {
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    form.set('client_id', clientId);
    form.set('client_secret', clientSecret);
  }
  return postForToken(tokenUrl, form, headers, signal, timeoutSeconds);
}

/** Asks a token endpoint; throws `feed_failed` in its own words. */
export async function postForToken(
  tokenUrl: URL,
  form: URLSearchParams,
  headers: Record<string, string>,
  signal: AbortSignal,
  timeoutSeconds: number,
): Promise<{ token: string; seconds: number }> {
  const request = {
    method: 'POST',
    url: tokenUrl,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: form.toString(),
  };
  const answer = await ask(request, signal, { timeoutSeconds, maxResponseBytes: ANSWER_BYTES });
  const { status, body } = answer;
  const token = isRecord(body) ? body['access_token'] : undefined;
  if (status !== 200 || typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw feedFailed(`no token: ${told(tokenUrl.host, answer)}`, undefined, retryAfterOf(answer));
  }
  const life = Number(isRecord(body) ? (body['expires_in'] ?? LIFE_SECONDS) : LIFE_SECONDS);
  return { token, seconds: Number.isFinite(life) ? life : LIFE_SECONDS };
}
