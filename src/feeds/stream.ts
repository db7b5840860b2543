import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { redactor } from '../connectors/http/redact.ts';
import { Fault, isFault } from '../errors.ts';
import { feedFailed } from './failed.ts';
import type { Source } from './feed.ts';

/** What an error is told as: a Fault without secrets where it is one, or where the fetch took too long. */
export type Telling = (error: unknown) => unknown;

/** How long a source may take, until `stop`, and how what it fails with is told. */
export function limitsOf(
  { timeoutMinutes, secrets }: Pick<Source, 'timeoutMinutes' | 'secrets'>,
  stop: AbortSignal,
): { readonly signal: AbortSignal; readonly tell: Telling } {
  const limit = AbortSignal.timeout(timeoutMinutes * 60_000);
  const redact = redactor(secrets);
  const tell = (error: unknown): unknown => {
    if (isFault(error)) {
      const { code, cause, retryAfter } = error;
      return new Fault(code, redact(error.message), { cause, retryAfter });
    }
    if (!limit.aborted || stop.aborted) return error;
    return feedFailed(`it took more than ${timeoutMinutes} minutes: see timeoutMinutes`, error);
  };
  return { signal: AbortSignal.any([stop, limit]), tell };
}

/** What comes from a source, with its hash; what it fails with is told. */
export function passedOn(body: Readable, tell: Telling): { readonly body: Readable; contentHash(): string } {
  const hash = createHash('sha256');
  async function* counted(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of body) {
        hash.update(chunk as Buffer);
        yield chunk as Buffer;
      }
    } catch (error) {
      throw tell(error);
    }
  }
  const passed = Readable.from(counted(), { objectMode: false });
  passed.on('error', () => {}); // whoever reads it is told
  passed.once('close', () => body.destroy());
  return { body: passed, contentHash: () => hash.copy().digest('base64url') };
}

/** Waits for work that cannot be stopped, but no longer than until we are. */
export async function untilStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  work.catch(() => {}); // what is not waited for any more is found out by the next fetch
  stop.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  const end = () => stopped.reject(stop.reason);
  stop.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    stop.removeEventListener('abort', end);
  }
}
