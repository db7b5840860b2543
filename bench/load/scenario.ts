import type { Answer } from './client.ts';

/** One kind of request, sent again and again to one server. */
export type Scenario = {
  /** Connections that are kept busy. */
  workers: number;
  /** Sends one request and throws when the answer is not what it must be. */
  request(worker: number): Promise<void>;
  /** Most requests until `refill` is needed again. */
  stretch?: number;
  /** Outside the timing, before each stretch. */
  refill?(): Promise<void>;
  /** Outside the timing, afterwards: what was written is there. Says what is not, or null. */
  verify?(): Promise<string | null>;
};

/** An answer that a server of SCIM must not give here. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

export type Body = Record<string, unknown> & { Resources?: Record<string, unknown>[] };

/** The body of an answer with this status, or `WrongAnswer`. */
export function bodyOf(answer: Answer, status: number, what: string): Body {
  check(answer.status === status, what, answer);
  return answer.text ? (JSON.parse(answer.text) as Body) : {};
}

export function check(right: boolean, what: string, answer: Answer): void {
  if (!right) throw new WrongAnswer(`${what}: got ${answer.status} ${answer.text.slice(0, 200)}`);
}
