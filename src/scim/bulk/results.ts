import { locationOf } from '../answer.ts';
import { type Breathe, createBreather } from '../breathe.ts';
import type { Context } from '../context.ts';
import { errorBody, ScimError } from '../error.ts';
import type { BulkOperation, BulkRequest } from './request.ts';

type Result = {
  method?: string;
  bulkId?: string;
  location?: string;
  version?: string;
  status: string;
  response?: unknown;
};
/** `refersTo`: the bulkIds in its path and data, looked for once, because an operation may be looked at a thousand times. */
export type Entry = { index: number; operation: BulkOperation; refersTo: readonly string[] };

/** One bulk request on its way: what is done, what is awaited, what has failed. */
export type Run = {
  readonly context: Context;
  readonly results: (Result | null)[];
  /** bulkIds of what exists by now. */
  readonly ids: Map<string, string>;
  /** bulkIds that operations still to come will define. */
  readonly awaited: Set<string>;
  readonly sent: readonly { method?: string; bulkId?: string }[];
  /** Where an operation on an existing resource went: its result says so even when it failed (RFC 7644 §3.7). */
  readonly targets: readonly { location?: string }[];
  readonly failOnErrors: number | null;
  readonly breathe: Breathe;
  errors: number;
};

/** Nothing is done yet. */
export function begin(context: Context, { operations, failOnErrors }: BulkRequest): Run {
  const awaited = operations.flatMap(({ operation }) =>
    !(operation instanceof ScimError) && operation.method === 'POST' && operation.bulkId !== null
      ? [operation.bulkId]
      : [],
  );
  return {
    context,
    results: operations.map(() => null),
    ids: new Map(),
    awaited: new Set(awaited),
    sent: operations.map(({ sent }) => sent),
    targets: operations.map(({ operation }) => targetOf(context, operation)),
    failOnErrors,
    breathe: createBreather(),
    errors: 0,
  };
}

function targetOf({ base }: Context, operation: BulkOperation | ScimError): { location?: string } {
  if (operation instanceof ScimError || operation.id === null) return {};
  return { location: `${base}/${operation.endpoint}/${operation.id}` };
}

/** Notes what became of an operation, under the bulkId that later ones may refer to. */
export function succeed(
  run: Run,
  { index, operation }: Entry,
  id: string,
  outcome: { status: number; version?: string | undefined },
): void {
  if (operation.bulkId !== null) run.ids.set(operation.bulkId, id);
  if (index < 0) return; // the second half of a circle
  const name = operation.endpoint === 'Users' ? 'User' : 'Group';
  run.results[index] = {
    ...run.sent[index],
    location: locationOf(name, id, run.context.base),
    ...(outcome.version ? { version: outcome.version } : {}),
    status: String(outcome.status),
  };
}

/** Notes a failure; what waits for its bulkId waits no longer. */
export function fail(run: Run, index: number, error: ScimError): void {
  run.errors++;
  const at = index < 0 ? -1 - index : index;
  const { bulkId } = run.sent[at] ?? {};
  if (bulkId !== undefined) run.awaited.delete(bulkId);
  run.results[at] = { ...run.sent[at], ...run.targets[at], status: String(error.status), response: errorBody(error) };
}

/** True when as many have failed as the client allows (RFC 7644 §3.7.3). */
export function stopped(run: Run): boolean {
  return run.failOnErrors !== null && run.errors >= run.failOnErrors;
}
