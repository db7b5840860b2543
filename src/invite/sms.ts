import { answerOf, type Handed } from '../mail/handed.ts';
import type { ShortMessage } from './senders.ts';

export type SmsSettings = {
  readonly url: string;
  /** Sent as bearer token where there is one. */
  readonly secret: string | null;
  readonly from: string;
  /** A JSON object whose texts may hold {to}, {from} and {text}. */
  readonly template: Readonly<Record<string, unknown>>;
};

const ANSWER_MS = 20_000;
/** Nobody was reached, so nothing went out. */
const NEVER_LEFT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** Hands short messages to an HTTP gateway. */
export function smsSender(settings: SmsSettings): (message: ShortMessage) => Promise<Handed> {
  const { url, secret, from, template } = settings;
  return async ({ id, to, text }) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': id,
          ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
        },
        body: JSON.stringify(filled(template, { to, from, text })),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await response.body?.cancel();
      return { kind: kindOf(response.status), answer: `the gateway answered ${response.status}` };
    } catch (error) {
      const code = String(((error as Error).cause as { code?: unknown } | undefined)?.code ?? (error as Error).name);
      const kind = NEVER_LEFT.includes(code) ? 'later' : 'unsure';
      return { kind, answer: answerOf(`no answer of the gateway (${code})`) };
    }
  };
}

/**
 *   status              the message
 *   2xx                 sent
 *   408, 425, 429, 503  later
 *   401, 403            later: our secret is wrong, not the number
 *   other 4xx           bounced
 *   anything else       unsure
 */
function kindOf(status: number): Handed['kind'] {
  if (status >= 200 && status < 300) return 'sent';
  if ([401, 403, 408, 425, 429, 503].includes(status)) return 'later';
  return status >= 400 && status < 500 ? 'bounced' : 'unsure';
}

/** The template with the values in its texts: put in after it was parsed, so that no value can change its shape. */
function filled(part: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof part === 'string') return part.replace(/\{(to|from|text)\}/g, (_, name: string) => values[name] ?? '');
  if (Array.isArray(part)) return part.map((item) => filled(item, values));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, filled(value, values)]));
}
