import { createPeople } from '../../directory/people-batch.ts';
import type { PersonColumns } from '../../directory/stored.ts';
import { etag, locationOf } from '../answer.ts';
import { type Breathe, createBreather } from '../breathe.ts';
import type { Context } from '../context.ts';
import { errorBody, ScimError, toScimError } from '../error.ts';
import { GROUPS } from '../group.ts';
import { coerceResource } from '../schema/coerce.ts';
import { USERS } from '../user.ts';
import { personColumns } from '../user-columns.ts';
import { referencesIn, resolveReferences, withoutReferences } from './references.ts';
import { type BulkOperation, type BulkRequest, parseBulk } from './request.ts';

type Result = {
  method?: string;
  bulkId?: string;
  location?: string;
  version?: string;
  status: string;
  response?: unknown;
};
/** `refersTo`: the bulkIds in its path and data, looked for once, because an operation may be looked at a thousand times. */
type Entry = { index: number; operation: BulkOperation; refersTo: readonly string[] };

type Run = {
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

function begin(context: Context, { operations, failOnErrors }: BulkRequest): Run {
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

/** What one statement carries, in characters of JSON: a thousand people as they are, or some that are made to be large. */
const BATCH_LENGTH = 1_000_000;

type Valid = { entry: Entry; columns: PersonColumns };

async function createBatch(run: Run, batch: Entry[]): Promise<void> {
  let valid: Valid[] = [];
  let length = 0;
  const { context } = run;
  const { User } = context.schemas;
  for (const entry of batch) {
    await run.breathe();
    if (length > BATCH_LENGTH) {
      await createValid(run, valid);
      [valid, length] = [[], 0];
    }
    try {
      const columns = personColumns(User, coerceResource(User, entry.operation.data, context.leniency));
      valid.push({ entry, columns });
      length += columns.document.length + columns.search.length;
    } catch (error) {
      fail(run, entry.index, toScimError(error));
    }
  }
  await createValid(run, valid);
}

async function createValid(run: Run, valid: Valid[]): Promise<void> {
  const { context } = run;
  if (valid.length === 0) return;
  const rehire = context.connection.profile !== 'rfc';
  const people = valid.map(({ columns }) => columns);
  const created = await createPeople(context.db, context.scope, people, { rehire });
  if (created.some((person) => person && person.version > 1)) context.leniency.note?.('rehire_by_post');
  context.pages.forget(context.scope, 'people');
  context.changed();
  valid.forEach(({ entry, columns }, index) => {
    const person = created[index];
    if (person) succeed(run, entry, person.id, { status: 201, version: etag(person.version) });
    else fail(run, entry.index, nameTaken(columns.userName));
  });
}

function nameTaken(userName: string): ScimError {
  return new ScimError(409, `a user with userName "${userName}" exists already`, 'uniqueness');
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

function resolved(run: Run, operation: BulkOperation): BulkOperation {
  const { id, data } = operation;
  return { ...operation, id: resolveReferences(id, run.ids) as string | null, data: resolveReferences(data, run.ids) };
}

async function runOne(run: Run, entry: Entry, operation: BulkOperation): Promise<void> {
  const headers = new Map<string, string>();
  try {
    const unknown = [...referencesIn([operation.id, operation.data])];
    if (unknown.length) throw new ScimError(400, `no operation made bulkId "${unknown[0]}"`, 'invalidValue');
    await perform(run, operation, headers);
  } catch (error) {
    const scim = toScimError(error);
    if (scim.status >= 500) throw error;
    fail(run, entry.index, scim);
    return;
  }
  const location = headers.get('Location') ?? '';
  const id = operation.id ?? location.slice(location.lastIndexOf('/') + 1);
  const status = { POST: 201, PUT: 200, PATCH: 200, DELETE: 204 }[operation.method];
  succeed(run, { ...entry, operation }, id, { status, version: headers.get('ETag') });
}

async function perform(run: Run, operation: BulkOperation, headers: Map<string, string>): Promise<void> {
  const handlers = operation.endpoint === 'Users' ? USERS : GROUPS;
  const context: Context = {
    ...run.context,
    query:
      operation.method === 'PATCH'
        ? { attributes: 'id' }
        : operation.endpoint === 'Groups'
          ? { excludedAttributes: 'members' }
          : {},
    ifMatch: operation.version ?? undefined,
    ifNoneMatch: undefined,
    setHeader: (name, value) => headers.set(name, value),
  };
  const { method, data } = operation;
  const id = operation.id ?? '';
  if (method === 'POST') await handlers.create(context, data);
  else if (method === 'PUT') await handlers.replace(context, id, data);
  else if (method === 'PATCH') await handlers.patch(context, id, data);
  else await handlers.remove(context, id);
}

function succeed(
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

function fail(run: Run, index: number, error: ScimError): void {
  run.errors++;
  const at = index < 0 ? -1 - index : index;
  const { bulkId } = run.sent[at] ?? {};
  if (bulkId !== undefined) run.awaited.delete(bulkId);
  run.results[at] = { ...run.sent[at], ...run.targets[at], status: String(error.status), response: errorBody(error) };
}

function stopped(run: Run): boolean {
  return run.failOnErrors !== null && run.errors >= run.failOnErrors;
}
