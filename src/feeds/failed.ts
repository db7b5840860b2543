import { Fault } from '../errors.ts';

/** What a feed fails with; `words` say what is wrong, where, and how to mend it. */
export function feedFailed(words: string, cause?: unknown, retryAfter?: number): Fault {
  return new Fault('feed_failed', words, { cause, retryAfter });
}

/** The code of what the system or a library threw: its own message may hold addresses or secrets. */
export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'the connection failed';
}
