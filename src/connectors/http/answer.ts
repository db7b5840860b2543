import { Fault } from '../../errors.ts';
import { isRecord } from './json.ts';
import type { Answer } from './send.ts';

/** What a status says before anybody looks at what was asked for. */
export type Meaning = 'ok' | 'missing' | 'conflict' | 'busy' | 'down' | 'refused';

const WORDS_AT_MOST = 300;
const LONGEST_WAIT_SECONDS = 24 * 60 * 60;

/**
 * The usual meaning of a status.
 *
 *   2xx                  ok
 *   404, 410             missing
 *   409                  conflict
 *   408, 423, 425, 429   busy
 *   5xx                  down
 *   otherwise            refused, redirects too
 */
export function meaningOf(status: number): Meaning {
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 500) return 'down';
  if (status === 404 || status === 410) return 'missing';
  if (status === 409) return 'conflict';
  return [408, 423, 425, 429].includes(status) ? 'busy' : 'refused';
}

/** The Fault for an answer that means busy, down or refused; `asked` says what we wanted. */
export function faultOf(meaning: 'busy' | 'down' | 'refused', asked: string, answer: Answer): Fault {
  if (meaning === 'refused') return new Fault('target_refused', told(asked, answer));
  return new Fault(`target_${meaning}`, told(asked, answer), { retryAfter: retryAfterOf(answer) });
}

/** What was asked and how it was answered, in the target's own words. */
export function told(asked: string, answer: Answer): string {
  const words = wordsOf(answer);
  return `${asked} was answered ${answer.status}${words === '' ? '' : `: ${words}`}`;
}

/** The target's own words, on one line and not too many of them. */
function wordsOf({ body, text, headers }: Answer): string {
  if (body === undefined && headers['content-type']?.includes('html')) return 'a web page, not an API answer';
  const words = messageIn(body) ?? text;
  const line = words.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > WORDS_AT_MOST ? `${line.slice(0, WORDS_AT_MOST).toWellFormed()}…` : line;
}

const MESSAGE_FIELDS = ['message', 'detail', 'error_description', 'title', 'error', 'errors'];

// {"message": …}, {"error": {"message": …}} and {"errors": [{"message": …}]} cover nearly every API
function messageIn(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  if (Array.isArray(body)) return messageIn(body[0]);
  if (!isRecord(body)) return undefined;
  for (const field of MESSAGE_FIELDS) {
    const found = messageIn(body[field]);
    if (found) return found;
  }
  return undefined;
}

/** Seconds to wait by Retry-After, which is a number of seconds or a date (RFC 9110 section 10.2.3). */
export function retryAfterOf({ headers }: Pick<Answer, 'headers'>, now = Date.now()): number | undefined {
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), LONGEST_WAIT_SECONDS);
}
