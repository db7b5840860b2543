import type { Context } from '../context.ts';
import { ScimError, toScimError } from '../error.ts';
import { GROUPS } from '../group.ts';
import { USERS } from '../user.ts';
import { referencesIn, resolveReferences } from './references.ts';
import type { BulkOperation } from './request.ts';
import { type Entry, fail, type Run, succeed } from './results.ts';

/** The operation with the ids that its references stand for by now. */
export function resolved(run: Run, operation: BulkOperation): BulkOperation {
  const { id, data } = operation;
  return { ...operation, id: resolveReferences(id, run.ids) as string | null, data: resolveReferences(data, run.ids) };
}

/** Runs one operation as if it had come alone; throws only what fails the whole request (an outage, a bug). */
export async function runOne(run: Run, entry: Entry, operation: BulkOperation): Promise<void> {
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
