import { Fault } from '../../errors.ts';
import type { RestDescription } from './description.ts';
import { isRecord, Mismatch } from './expression.ts';
import type { Answer } from './http.ts';
import type { OperationName } from './scopes.ts';

/** What an answer means for the operation; everything else that it can mean is thrown as a Fault. */
export type Outcome = 'ok' | 'gone' | 'exists' | 'done';

type Meaning = Outcome | 'busy' | 'down' | 'refused';
type Rules = RestDescription['errors'];

const WORDS_AT_MOST = 300;
const LONGEST_WAIT_SECONDS = 24 * 60 * 60;

/** Reads an answer by the description's own rules, then by the usual meaning of its status. */
export function judge(operation: OperationName, answer: Answer, rules: Rules): Outcome {
  const meaning = byRules(operation, answer, rules) ?? byStatus(operation, answer);
  switch (meaning) {
    case 'busy':
      throw new Fault('target_busy', told(operation, answer), { retryAfter: retryAfterOf(answer) });
    case 'down':
      throw new Fault('target_down', told(operation, answer), { retryAfter: retryAfterOf(answer) });
    case 'refused':
      throw new Fault('target_refused', told(operation, answer));
    case 'exists':
      if (operation === 'invite' || operation === 'groupCreate') return meaning;
      throw new Fault('target_refused', told(operation, answer));
    case 'gone':
      if (GONE_IS_AN_ANSWER.includes(operation)) return meaning;
      throw new Fault('target_refused', `it is gone: ${told(operation, answer)}`);
    case 'ok':
    case 'done':
      return meaning;
    default:
      return meaning satisfies never;
  }
}

const GONE_IS_AN_ANSWER: readonly OperationName[] = [
  'find',
  'search',
  'groupSearch',
  'suspend',
  'onSuspend',
  'erase',
  'revoke',
];

function byRules(operation: OperationName, answer: Answer, rules: Rules): Meaning | undefined {
  const context = answerContext(answer);
  return rules.find(({ on, when }) => (on?.includes(operation) ?? true) && holds(() => when.evaluate(context)))?.means;
}

// a rule that looks for a field which this answer does not have does not hold for it
function holds(evaluate: () => unknown): boolean {
  try {
    return evaluate() === true;
  } catch (error) {
    if (error instanceof Mismatch) return false;
    throw error;
  }
}

/**
 * The usual meaning of a status.
 *
 *   2xx                  ok
 *   404, 410             gone for find, suspend, erase and revoke, if the API says so in JSON; a proxy's own page says
 *                        nothing about the account, so it counts as down; refused for the others
 *   409                  exists for invite and groupCreate, refused for the others
 *   408, 423, 425, 429   busy
 *   5xx                  down
 *   otherwise            refused, redirects too
 */
function byStatus(operation: OperationName, { status, body }: Answer): Meaning {
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 500) return 'down';
  if (status === 404 || status === 410) {
    if (!MAY_BE_GONE.includes(operation)) return 'refused';
    return typeof body === 'object' && body !== null ? 'gone' : 'down';
  }
  if (status === 409 && (operation === 'invite' || operation === 'groupCreate')) return 'exists';
  return [408, 423, 425, 429].includes(status) ? 'busy' : 'refused';
}

const MAY_BE_GONE: readonly OperationName[] = ['find', 'suspend', 'erase', 'revoke'];

/** The variables of an expression over an answer. */
export function answerContext(answer: Answer, cursor: string | null = null): Record<string, unknown> {
  return { status: BigInt(answer.status), headers: answer.headers, body: answer.body ?? null, cursor };
}

function told(operation: OperationName, answer: Answer): string {
  const words = wordsOf(answer);
  return `${operation} was answered ${answer.status}${words === '' ? '' : `: ${words}`}`;
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
