import type { Context } from '../context.ts';
import { ScimError, toScimError } from '../error.ts';
import { createBatch } from './batch.ts';
import { resolved, runOne } from './one.ts';
import { referencesIn, resolveReferences, withoutReferences } from './references.ts';
import { type BulkOperation, type BulkRequest, parseBulk } from './request.ts';
import { begin, type Entry, fail, type Run, stopped } from './results.ts';

/** Answers POST /Bulk (RFC 7644 §3.7). Each operation succeeds or fails by itself; results keep the order sent. */
export async function runBulk(context: Context, body: unknown): Promise<string> {
  const request = parseBulk(body, context.leniency);
  const run = begin(context, request);
  try {
    await runAll(run, request);
  } catch (error) {
    tellWhatIsOpen(run, error);
  }
  const done = run.results.filter((result) => result !== null);
  return JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'], Operations: done });
}

async function runAll(run: Run, request: BulkRequest): Promise<void> {
  let waiting = await readyEntries(run, request);
  while (waiting.length && !stopped(run)) {
    const left = await pass(run, waiting);
    // nothing could run: those that are left refer to each other, so the first is made without its references
    if (left.length === waiting.length) left.push(...(await breakCircle(run, left.splice(0))));
    waiting = left;
  }
}

/**
 * The database went away in between: what was done stays done and is answered as such, the rest is 503. Before anything
 * was done the request as a whole is; and a bug is thrown on.
 */
function tellWhatIsOpen(run: Run, error: unknown): void {
  const { status, retryAfter } = toScimError(error);
  const someDone = run.results.some((result) => result?.status.startsWith('2'));
  if (status !== 503 || !someDone) throw error;
  run.context.setHeader('Retry-After', String(retryAfter ?? 1));
  const open = new ScimError(503, 'the directory went away before this was confirmed; send it again');
  run.results.forEach((result, index) => {
    if (result === null) fail(run, index, open);
  });
}

async function readyEntries(run: Run, { operations }: BulkRequest): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const [index, { operation }] of operations.entries()) {
    await run.breathe();
    if (!(operation instanceof ScimError)) entries.push(...entryOf(run, index, operation));
    else if (!stopped(run)) fail(run, index, operation);
  }
  return entries;
}

function entryOf(run: Run, index: number, operation: BulkOperation): Entry[] {
  try {
    return [{ index, operation, refersTo: [...referencesIn([operation.id, operation.data])] }];
  } catch (error) {
    const scim = toScimError(error); // nested too deep to look into
    if (scim.status >= 500) throw error;
    fail(run, index, scim);
    return [];
  }
}

/** Runs what refers to nothing that is still to come, in order; returns the rest. */
async function pass(run: Run, entries: Entry[]): Promise<Entry[]> {
  const left: Entry[] = [];
  let batch: Entry[] = [];
  const flush = async () => {
    await createBatch(run, batch);
    batch = [];
  };
  for (const entry of entries) {
    if (stopped(run)) break;
    await run.breathe();
    if (awaits(run, entry)) left.push(entry);
    else if (mayBatch(run, entry)) batch.push(entry);
    else {
      await flush();
      await runOne(run, entry, resolved(run, entry.operation));
    }
  }
  await flush();
  return stopped(run) ? [] : left;
}

function awaits(run: Run, { refersTo }: Entry): boolean {
  return refersTo.some((bulkId) => !run.ids.has(bulkId) && run.awaited.has(bulkId));
}

/** New people that refer to nobody go in together; not where the client wants us to stop at an error. */
function mayBatch(run: Run, { operation, refersTo }: Entry): boolean {
  const { method, endpoint } = operation;
  return method === 'POST' && endpoint === 'Users' && run.failOnErrors === null && refersTo.length === 0;
}

/** In a circle (RFC 7644 §3.7.1) one is made without what it refers to, and gets that once the others are made. */
async function breakCircle(run: Run, entries: Entry[]): Promise<Entry[]> {
  const index = entries.findIndex(({ operation }) => operation.method === 'POST');
  const [entry] = entries.splice(Math.max(0, index), 1);
  if (!entry) return [];
  const { operation } = entry;
  if (operation.method !== 'POST') {
    fail(run, entry.index, new ScimError(409, 'the operation refers to one that refers back to it'));
    return entries;
  }
  const data = withoutReferences(resolveReferences(operation.data, run.ids));
  await runOne(run, entry, { ...operation, data });
  const id = operation.bulkId === null ? undefined : run.ids.get(operation.bulkId);
  if (id === undefined) return entries;
  // the whole resource once more, now that everything it refers to can exist; its result stays the first one
  return [
    ...entries,
    { ...entry, index: -1 - entry.index, operation: { ...operation, method: 'PUT', id, version: null } },
  ];
}
