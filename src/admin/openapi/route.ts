import type { z } from 'zod';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One route as its callers see it. */
export type Described = {
  readonly method: Method;
  /** With names in braces: /people/{id}. */
  readonly path: string;
  readonly summary: string;
  /** What it takes: the very schemas that judge it. */
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** A file instead of JSON. */
  readonly upload?: readonly string[];
  /** What it answers when it did what was asked. */
  readonly status: number;
  readonly answer: z.ZodType | null;
  /** What it answers with beside JSON. */
  readonly types?: readonly string[];
};

type More = Partial<Pick<Described, 'query' | 'body' | 'upload' | 'status' | 'types'>>;

/** A route that answers `answer`; null where it has nothing to say. */
export function describe(
  [method, path]: readonly [Method, string],
  summary: string,
  answer: z.ZodType | null,
  more: More = {},
): Described {
  return { method, path, summary, answer, status: answer === null ? 204 : 200, ...more };
}
