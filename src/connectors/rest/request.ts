import { Fault } from '../../errors.ts';
import { isRecord, toJson } from '../http/json.ts';
import type { HttpRequest } from '../http/send.ts';
import { httpUrl, urlBelow } from '../http/url.ts';
import type { RestDescription } from './description.ts';
import type { Operation } from './operations.ts';
import { type Context, renderBody, renderHeader, renderPath, renderText, type Template } from './template.ts';

/** Where a target is and what every request to it carries; rendered once, since they depend on its settings alone. */
export type Endpoint = {
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly idempotencyHeader: string | undefined;
};

/** Renders what all requests share; throws Fault `config_invalid`, such as for a token with a line break behind it. */
export function endpointOf(description: RestDescription, context: Context): Endpoint {
  try {
    const headers = renderHeaders(description.headers, context);
    const base = httpUrl(renderText(description.baseUrl, context) ?? '', 'baseUrl');
    return { base, headers, idempotencyHeader: description.idempotencyHeader };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault('config_invalid', `${description.name}: ${error.message}`, { cause: error });
  }
}

/** The request of one operation with its values filled in. */
export function buildRequest(endpoint: Endpoint, operation: Operation, context: Context): HttpRequest {
  const content = contentOf(operation, context);
  const key = context.idempotencyKey;
  const idempotency = endpoint.idempotencyHeader;
  return {
    method: operation.request.method,
    url: urlOf(endpoint.base, operation, context),
    headers: {
      accept: 'application/json',
      ...(content ? { 'content-type': content.type } : {}),
      ...(idempotency && typeof key === 'string' ? { [idempotency.toLowerCase()]: checkedKey(key) } : {}),
      ...endpoint.headers,
      ...renderHeaders(operation.headers, context),
    },
    body: content?.text ?? null,
  };
}

function urlOf(base: URL, operation: Operation, context: Context): URL {
  const { path } = operation.request;
  const url = urlBelow(base, renderPath(path, context), path.source);
  for (const [name, template] of Object.entries(operation.query)) {
    const value = renderText(template, context);
    if (value !== null) url.searchParams.append(name, value);
  }
  return url;
}

function renderHeaders(templates: Readonly<Record<string, Template>>, context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, template] of Object.entries(templates)) {
    const value = renderHeader(template, context);
    if (value !== null) headers[name.toLowerCase()] = value;
  }
  return headers;
}

function checkedKey(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new Fault('target_refused', 'the idempotency key has characters that a header cannot hold');
}

function contentOf({ body, encoding }: Operation, context: Context): { type: string; text: string } | null {
  if (!body) return null;
  const value = renderBody(body, context);
  if (encoding === 'json') return { type: 'application/json', text: toJson(value ?? {}) };
  return { type: 'application/x-www-form-urlencoded', text: formOf(value) };
}

function formOf(value: unknown): string {
  if (!isRecord(value)) throw new Fault('target_refused', 'a form body must be an object');
  const form = new URLSearchParams();
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === 'object' && field !== null) {
      throw new Fault('target_refused', `the form field ${name} must be text, not a list or an object`);
    }
    form.append(name, field === null ? '' : String(field));
  }
  return form.toString();
}
