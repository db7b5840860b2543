import { randomUUID } from 'node:crypto';
import { Fault } from '../../errors.ts';
import type { Call, TargetSettings } from '../connector.ts';
import { faultOf, meaningOf, retryAfterOf, told } from '../http/answer.ts';
import { isRecord } from '../http/json.ts';
import { createLimiter } from '../http/limiter.ts';
import { redactFaults, redactor } from '../http/redact.ts';
import { type Answer, send } from '../http/send.ts';
import { MAX_RESPONSE_BYTES } from '../settings.ts';
import type { WebhookSettings } from './settings.ts';
import { signatureHeaders } from './signature.ts';

export type EventType =
  | 'endpoint.check'
  | 'account.invite'
  | 'account.update'
  | 'account.suspend'
  | 'account.resume'
  | 'account.erase'
  | 'group.grant'
  | 'group.revoke';

/** What the app's answer means: it did it, or it knows no such account. */
export type Result = { readonly outcome: 'applied' | 'missing'; readonly body: unknown };

export type Sender = {
  send(type: EventType, data: object, call: Call): Promise<Result>;
  /** A signed event that changes nothing; resolves when the app takes it. */
  check(signal: AbortSignal): Promise<void>;
};

/** Events for which an account that is not there (any more) is what we want. */
const MAY_BE_MISSING: readonly EventType[] = ['account.suspend', 'account.erase', 'group.revoke'];

/** Signs events and sends them; the one way out of the connector. */
export function createSender(settings: WebhookSettings, target: TargetSettings): Sender {
  const { endpoint, keys, acceptedSeconds, timeoutSeconds } = settings;
  const limiter = createLimiter(settings);
  // an app may quote the secret without its prefix as well
  const secrets = Object.values(target.secrets).flatMap((secret) => [secret, secret.replace(/^whsec_/, '')]);
  const redact = redactor(secrets);

  const post = async (type: EventType, data: object, { idempotencyKey: id, signal }: Call): Promise<Result> => {
    const body = JSON.stringify({ type, timestamp: timeOf(id).toISOString(), data });
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const answer = await limiter(signal, () => {
      // signed when it leaves: apps refuse a timestamp that is minutes old
      const signed = { ...headers, ...signatureHeaders(keys, { id, body, at: new Date() }) };
      const request = { method: 'POST', url: endpoint, headers: signed, body };
      return send(request, signal, { timeoutSeconds, maxResponseBytes: MAX_RESPONSE_BYTES });
    });
    return judge(type, answer, acceptedSeconds);
  };

  const check = async (signal: AbortSignal): Promise<void> => {
    await post('endpoint.check', {}, { idempotencyKey: `check-${randomUUID()}`, signal });
  };

  return {
    check: (signal) => redactFaults(endpoint.host, redact, () => check(signal)),
    send: (type, data, call) =>
      redactFaults(endpoint.host, redact, async () => {
        const result = await post(type, data, call);
        // a route that is gone answers 404 as well, so it counts only while the endpoint takes events
        if (result.outcome === 'missing') await check(call.signal);
        return result;
      }),
  };
}

/**
 * What an answer means.
 *
 *   202              accepted, not applied yet: pending, so that the same event is sent again until it is applied
 *   other 2xx        applied; the text must be empty, JSON or "ok": a login page comes with 200 as well
 *   404, 410         missing for suspend, erase and revoke, if said in JSON; a page counts as down; else refused
 *   409              account_exists for an invite, else refused
 *   otherwise        as usual
 */
function judge(type: EventType, answer: Answer, acceptedSeconds: number): Result {
  const { status, body, text } = answer;
  const meaning = meaningOf(status);
  if (status === 202) {
    const retryAfter = retryAfterOf(answer) ?? acceptedSeconds;
    throw new Fault('target_pending', `${type} was accepted and is not applied yet`, { retryAfter });
  }
  switch (meaning) {
    case 'ok':
      if (text !== '' && body === undefined && !/^\s*ok\s*$/i.test(text)) throw faultOf('down', type, answer);
      return { outcome: 'applied', body };
    case 'missing':
      if (!MAY_BE_MISSING.includes(type)) throw new Fault('target_refused', told(type, answer));
      if (!isRecord(body)) throw faultOf('down', type, answer);
      return { outcome: 'missing', body };
    case 'conflict':
      if (type === 'account.invite') throw new Fault('account_exists', told(type, answer));
      throw faultOf('refused', type, answer);
    case 'busy':
    case 'down':
    case 'refused':
      throw faultOf(meaning, type, answer);
    default:
      return meaning satisfies never;
  }
}

/** When the action was decided: a UUIDv7 says it, and says the same at every repeat. */
function timeOf(id: string): Date {
  const hex = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i.exec(id);
  return hex ? new Date(Number.parseInt(`${hex[1]}${hex[2]}`, 16)) : new Date();
}
