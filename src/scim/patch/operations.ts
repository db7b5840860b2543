import { ScimError } from '../error.ts';
import { isObject, type Leniency } from '../schema/coerce.ts';

export type PatchOp = { op: 'add' | 'replace' | 'remove'; path: string | null; value: unknown };

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
/** More than any client sends in one request; Entra batches group members by the hundred. */
const MAX_OPERATIONS = 10_000;

/**
 * Reads a PatchOp message (RFC 7644 §3.5.2). Tolerant, operation names may have any letter case (Entra: "Add"), the
 * schemas may be missing, and a removal may list what goes (Entra).
 */
export function parsePatch(body: unknown, leniency: Leniency): PatchOp[] {
  if (!isObject(body)) throw invalidSyntax('the body must be a JSON object');
  const { Operations: operations, schemas } = lowerKeyed(body);
  const declared = Array.isArray(schemas) && schemas.includes(PATCH_OP);
  if (!declared) {
    if (!leniency.tolerant || schemas !== undefined) throw invalidSyntax(`schemas must contain ${PATCH_OP}`);
    leniency.note?.('no_schemas');
  }
  if (!Array.isArray(operations) || operations.length === 0)
    throw invalidSyntax('Operations must be a non-empty array');
  if (operations.length > MAX_OPERATIONS) {
    throw new ScimError(413, `a PATCH may hold ${MAX_OPERATIONS} operations at most`, 'tooMany');
  }
  return operations.map((operation, index) => parseOperation(operation, index, leniency));
}

function parseOperation(operation: unknown, index: number, leniency: Leniency): PatchOp {
  if (!isObject(operation)) throw invalidSyntax(`operation ${index + 1} must be an object`);
  const word = typeof operation['op'] === 'string' ? operation['op'] : '';
  const op = leniency.tolerant ? word.toLowerCase() : word;
  if (op !== 'add' && op !== 'replace' && op !== 'remove') {
    throw invalidSyntax(`operation ${index + 1}: op must be add, replace or remove`);
  }
  if (op !== word) leniency.note?.('capitalised_op');
  const { path, value } = operation;
  if (path !== undefined && path !== null && typeof path !== 'string') {
    throw invalidSyntax(`operation ${index + 1}: path must be a string`);
  }
  if (op === 'remove' && !path) {
    throw new ScimError(400, `operation ${index + 1}: remove needs a path`, 'noTarget');
  }
  if (op !== 'remove' && value === undefined) {
    throw new ScimError(400, `operation ${index + 1}: ${op} needs a value`, 'invalidValue');
  }
  if (op === 'remove' && value !== undefined) checkRemoval(index, leniency);
  return { op, path: path || null, value };
}

/** Figure 8 of RFC 7644 §3.5.2.2 knows removals with a path alone; Entra's list in their value what goes. */
function checkRemoval(index: number, { tolerant, note }: Leniency): void {
  if (!tolerant)
    throw new ScimError(
      400,
      `operation ${index + 1}: remove takes no value; use a filter in the path`,
      'invalidSyntax',
    );
  note?.('value_in_remove');
}

function lowerKeyed(body: Record<string, unknown>): { Operations: unknown; schemas: unknown } {
  const find = (name: string) => Object.entries(body).find(([key]) => key.toLowerCase() === name)?.[1];
  return { Operations: find('operations'), schemas: find('schemas') };
}

function invalidSyntax(detail: string): ScimError {
  return new ScimError(400, detail, 'invalidSyntax');
}
