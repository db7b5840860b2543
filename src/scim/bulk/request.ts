import { ScimError } from '../error.ts';
import { isObject, type Leniency } from '../schema/coerce.ts';

/** Most operations and bytes of one bulk request; told in ServiceProviderConfig (RFC 7644 §3.7.4). */
export const MAX_OPERATIONS = 1000;
export const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;

export type BulkMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type BulkOperation = {
  method: BulkMethod;
  endpoint: 'Users' | 'Groups';
  /** The id in the path, perhaps as bulkId:…; null for a POST. */
  id: string | null;
  bulkId: string | null;
  version: string | null;
  data: unknown;
};
/** An operation that is wrong in itself fails alone; the others go on. */
export type Parsed = { sent: { method?: string; bulkId?: string }; operation: BulkOperation | ScimError };
export type BulkRequest = { operations: Parsed[]; failOnErrors: number | null };

const SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

/** Reads a BulkRequest (RFC 7644 §3.7); throws only for what is wrong with the request as a whole. */
export function parseBulk(body: unknown, leniency: Leniency): BulkRequest {
  if (!isObject(body)) throw new ScimError(400, 'the body must be a JSON object', 'invalidSyntax');
  const { schemas, Operations: operations, failOnErrors } = body;
  const declared = Array.isArray(schemas) && schemas.includes(SCHEMA);
  if (!declared) {
    if (!leniency.tolerant || schemas !== undefined) {
      throw new ScimError(400, `schemas must contain ${SCHEMA}`, 'invalidSyntax');
    }
    leniency.note?.('no_schemas');
  }
  if (!Array.isArray(operations)) throw new ScimError(400, 'Operations must be an array', 'invalidSyntax');
  if (operations.length > MAX_OPERATIONS) {
    throw new ScimError(413, `a bulk request may hold ${MAX_OPERATIONS} operations at most`, 'tooMany');
  }
  return { operations: operations.map(parseOperation), failOnErrors: parseLimit(failOnErrors) };
}

function parseLimit(failOnErrors: unknown): number | null {
  // zero is what clients send that want everything tried
  if (failOnErrors === undefined || failOnErrors === null || failOnErrors === 0) return null;
  if (!Number.isInteger(failOnErrors) || Number(failOnErrors) < 1) {
    throw new ScimError(400, 'failOnErrors must be a whole number', 'invalidValue');
  }
  return Number(failOnErrors);
}

function parseOperation(operation: unknown): Parsed {
  if (!isObject(operation)) return { sent: {}, operation: invalid('each operation must be an object') };
  const { method, bulkId } = operation;
  const sent = {
    ...(typeof method === 'string' ? { method: method.toUpperCase() } : {}),
    ...(typeof bulkId === 'string' ? { bulkId } : {}),
  };
  try {
    return { sent, operation: checked(operation, sent.method) };
  } catch (error) {
    if (error instanceof ScimError) return { sent, operation: error };
    throw error;
  }
}

function checked(operation: Record<string, unknown>, method: string | undefined): BulkOperation {
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE') {
    throw invalid('method must be POST, PUT, PATCH or DELETE');
  }
  const { path, bulkId, version, data } = operation;
  const [, endpoint, id] = /^\/?(users|groups)(?:\/([^/?#]+))?$/i.exec(typeof path === 'string' ? path : '') ?? [];
  if (!endpoint) throw invalid('path must be /Users, /Groups, or one of their resources');
  if ((method === 'POST') !== (id === undefined)) throw invalid(`${method} does not fit the path`);
  if (method === 'POST' && typeof bulkId !== 'string') throw invalid('a POST needs a bulkId');
  if (method !== 'DELETE' && !isObject(data)) throw invalid(`${method} needs data`);
  return {
    method,
    endpoint: endpoint.toLowerCase() === 'users' ? 'Users' : 'Groups',
    id: id ?? null,
    bulkId: typeof bulkId === 'string' ? bulkId : null,
    version: typeof version === 'string' ? version : null,
    data,
  };
}

function invalid(detail: string): ScimError {
  return new ScimError(400, detail, 'invalidSyntax');
}
