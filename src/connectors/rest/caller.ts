import { Fault } from '../../errors.ts';
import type { TargetSettings } from '../connector.ts';
import { createLimiter } from '../http/limiter.ts';
import { redactFaults, redactor } from '../http/redact.ts';
import { type Answer, send } from '../http/send.ts';
import type { RestDescription } from './description.ts';
import { toCel } from './expression.ts';
import type { Operation } from './operations.ts';
import { judge, type Outcome } from './outcome.ts';
import { buildRequest, type Endpoint, endpointOf } from './request.ts';
import { expressionsIn, type OperationName } from './scopes.ts';
import type { Context } from './template.ts';

/** Makes one described request and says what its answer means. */
export type Caller = (
  name: OperationName,
  operation: Operation,
  context: Context,
  signal: AbortSignal,
) => Promise<{ outcome: Outcome; answer: Answer }>;

/** The one way out of the connector: settings and secrets go in here, and no secret comes out of it. */
export function createCaller(description: RestDescription, target: TargetSettings): Caller {
  demandSettings(description, target);
  const settings = toCel(target.settings);
  const { secrets } = target;
  const endpoint = endpointOf(description, { settings, secrets });
  const limiter = createLimiter(description.limits);
  const redact = redactor([...Object.values(secrets), ...credentialsIn(description, endpoint)]);

  return (name, operation, context, signal) =>
    redactFaults(description.name, redact, async () => {
      const request = buildRequest(endpoint, operation, { ...context, settings, secrets });
      const answer = await limiter(signal, () => send(request, signal, description.limits));
      const outcome = judge(name, answer, description.errors);
      if (outcome === 'ok') demandJson(answer, operation);
      return { outcome, answer };
    });
}

/** A login page or a proxy's banner comes with 200 as well: it does not count as success. */
function demandJson(answer: Answer, operation: Operation): void {
  if (operation.answer === 'any' || answer.text === '' || answer.body !== undefined) return;
  throw new Fault('target_down', `answered ${answer.status} with something that is not JSON`);
}

/** Every setting and secret that the description names must be there, before the first request. */
function demandSettings(description: RestDescription, { settings, secrets }: TargetSettings): void {
  const wanted = new Set(expressionsIn(description).flatMap(({ reads }) => reads));
  const lacking = [...wanted].filter((name) => {
    const [variable, key] = name.split('.', 2) as [string, string];
    if (variable === 'settings') return settings[key] === undefined || settings[key] === '';
    return variable === 'secrets' && !secrets[key];
  });
  if (lacking.length > 0) throw new Fault('config_invalid', `${description.name} needs ${lacking.join(', ')}`);
}

// "Basic" and a base64 text: what is secret about it is no longer the secret's own text
function credentialsIn({ headers }: RestDescription, endpoint: Endpoint): string[] {
  const secret = Object.keys(headers).filter((name) =>
    expressionsIn(headers[name]).some(({ variables }) => variables.includes('secrets')),
  );
  return secret.map((name) => (endpoint.headers[name.toLowerCase()] ?? '').replace(/^\S+ /, ''));
}
