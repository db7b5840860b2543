import { Fault } from '../../errors.ts';
import { parseJson } from './json.ts';

/** One request, ready to send. */
export type HttpRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: string | null;
};

/** What came back, read to its end. `body` is undefined when the answer is not JSON. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: unknown;
};

export type HttpLimits = { readonly timeoutSeconds: number; readonly maxResponseBytes: number };

/**
 * Sends one request and reads the whole answer. Throws Fault `target_down` when no whole answer came in time; a signal
 * aborted by the caller is thrown as it is. Redirects are answers like any other: following one would carry our token
 * to wherever it points.
 */
export async function send(request: HttpRequest, signal: AbortSignal, limits: HttpLimits): Promise<Answer> {
  const timeout = AbortSignal.timeout(limits.timeoutSeconds * 1000);
  try {
    const { url, ...init } = request;
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.any([signal, timeout]) });
    const text = await readText(response, limits.maxResponseBytes);
    return { status: response.status, headers: Object.fromEntries(response.headers), text, body: parseJson(text) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Fault) throw error;
    if (timeout.aborted) {
      throw new Fault('target_down', `no answer within ${limits.timeoutSeconds} seconds`, { cause: error });
    }
    throw new Fault('target_down', `no answer: ${reasonOf(error)}`, { cause: error });
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    // leaving the loop cancels the body, so the rest is never received
    if (size > maxBytes) throw new Fault('target_down', `the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

// fetch says only "fetch failed"; the reason is in the cause. Its message may hold addresses, so only the code is told
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return 'the connection failed';
}
