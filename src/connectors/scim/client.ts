import { Fault } from '../../errors.ts';
import { faultOf, type Meaning, meaningOf, told } from '../http/answer.ts';
import { isRecord, toJson } from '../http/json.ts';
import { createLimiter } from '../http/limiter.ts';
import { redactFaults, redactor } from '../http/redact.ts';
import { type Answer, send } from '../http/send.ts';
import { pathSegment, urlBelow } from '../http/url.ts';
import { MAX_RESPONSE_BYTES } from '../settings.ts';
import { readList } from './messages.ts';
import type { ScimSettings } from './settings.ts';

/** One request; `asked` names it in messages. */
export type Ask = {
  readonly asked: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly version?: string | undefined;
  /** The refusals that are an answer here: `missing`, `conflict`, or a scimType such as `invalidFilter`. */
  readonly answers?: readonly string[];
};

/** What came back: `ok`, or the refusal that the request names among its `answers`. */
export type Reply = { readonly outcome: string; readonly body: unknown };

export type Client = (ask: Ask, signal: AbortSignal) => Promise<Reply>;

export type ClientSettings = Pick<ScimSettings, 'base' | 'token' | 'concurrency' | 'perSecond' | 'timeoutSeconds'>;

/** The one way out of the connector: the token goes in here, and does not come out of it. `sending` may guard it more. */
export function createClient(settings: ClientSettings, sending: typeof send = send): Client {
  const { base, token } = settings;
  const limiter = createLimiter(settings);
  const redact = redactor([token]);
  const limits = { timeoutSeconds: settings.timeoutSeconds, maxResponseBytes: MAX_RESPONSE_BYTES };
  const headers = { accept: 'application/scim+json, application/json', authorization: `Bearer ${token}` };

  const ask = async ({ method, path, query, body, version }: Ask, signal: AbortSignal): Promise<Answer> => {
    const url = urlBelow(base, path);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.append(name, value);
    const type = body === undefined ? {} : { 'content-type': 'application/scim+json' };
    const match = version === undefined ? {} : { 'if-match': version };
    const text = body === undefined ? null : toJson(body);
    const request = { method, url, headers: { ...headers, ...type, ...match }, body: text };
    return limiter(signal, () => sending(request, signal, limits));
  };

  // a wrong path answers 404 as well, so "not there" counts only while the list itself is there
  const confirmMissing = async (signal: AbortSignal): Promise<void> => {
    const probe: Ask = { asked: 'the list of users', method: 'GET', path: '/Users', query: { count: '1' } };
    readList(judge(probe, await ask(probe, signal)).body);
  };

  return (request, signal) =>
    redactFaults(base.host, redact, async () => {
      const reply = judge(request, await ask(request, signal));
      if (reply.outcome === 'missing') await confirmMissing(signal);
      return reply;
    });
}

/** The path of one resource; what no id may hold is refused before a server can stumble over it. */
export function pathOf(type: '/Users' | '/Groups', id: string): string {
  return `${type}/${pathSegment(plain(id, 'the id'), 'the id')}`;
}

/** A value that may stand in a path or a filter. */
export function plain(value: string, what: string): string {
  if (value !== '' && value.isWellFormed() && !/\p{Cc}/u.test(value)) return value;
  throw new Fault('target_refused', `${what} is empty or has characters that it may not have`);
}

/**
 * What an answer means (RFC 7644 section 3.12).
 *
 *   2xx              ok, if it is JSON or empty: a login page comes with 200 as well
 *   404, 410         missing where that is an answer, if said in JSON; a proxy's page counts as down; else refused
 *   409, 400 + type  conflict, or the scimType, where that is an answer; else refused
 *   412              busy: somebody changed the resource between our read and our write
 *   otherwise        as usual
 */
function judge({ asked, answers = [] }: Ask, answer: Answer): Reply {
  const { body } = answer;
  const meaning: Meaning = answer.status === 412 ? 'busy' : meaningOf(answer.status);
  switch (meaning) {
    case 'ok':
      if (answer.text !== '' && body === undefined) throw new Fault('target_down', `${told(asked, answer)} (not JSON)`);
      return { outcome: 'ok', body };
    case 'missing':
      if (!answers.includes('missing')) throw new Fault('target_refused', told(asked, answer));
      if (!isRecord(body)) throw faultOf('down', asked, answer);
      return { outcome: 'missing', body };
    case 'conflict':
    case 'refused': {
      const type = isRecord(body) ? body['scimType'] : undefined;
      const named = [meaning, type].find((name) => typeof name === 'string' && answers.includes(name));
      if (typeof named === 'string') return { outcome: named, body };
      throw faultOf('refused', asked, answer);
    }
    case 'busy':
    case 'down':
      throw faultOf(meaning, asked, answer);
    default:
      return meaning satisfies never;
  }
}
