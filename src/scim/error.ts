import { isFault } from '../errors.ts';

export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

/** An error as the protocol knows it (RFC 7644 §3.12): HTTP status, optional keyword, words for a human. */
export class ScimError extends Error {
  override readonly name = 'ScimError';
  readonly status: number;
  readonly scimType: ScimType | undefined;
  readonly retryAfter: number | undefined;

  constructor(status: number, detail: string, scimType?: ScimType, options?: ErrorOptions & { retryAfter?: number }) {
    super(detail, options);
    this.status = status;
    this.scimType = scimType;
    this.retryAfter = options?.retryAfter;
  }
}

/** Seconds after which a client may try again when the database is away. */
const OUTAGE_RETRY_SECONDS = 5;

/**
 * What to answer for any error. An outage is 503 and a bug is 500: never 404, which a client may read as "is gone
 * already" and never come back.
 */
export function toScimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error;
  if (isFault(error)) {
    switch (error.code) {
      case 'not_found':
        return new ScimError(404, error.message);
      case 'already_exists':
        return new ScimError(409, error.message, 'uniqueness', { cause: error });
      case 'version_mismatch':
        return new ScimError(412, error.message, undefined, { cause: error });
      case 'member_not_found':
        return new ScimError(400, error.message, 'invalidValue', { cause: error });
      default:
        break;
    }
  }
  if (isFault(error, 'database_unavailable')) {
    const detail = 'the directory is not available at the moment; try again, repeating does no harm';
    return new ScimError(503, detail, undefined, { cause: error, retryAfter: OUTAGE_RETRY_SECONDS });
  }
  return fromExpress(error) ?? new ScimError(500, 'internal error; see the server log', undefined, { cause: error });
}

/** Express's own parsers throw errors that carry a status, those of bodies a type, too. */
function fromExpress(error: unknown): ScimError | null {
  const { type, status, limit } = (error ?? {}) as { type?: unknown; status?: unknown; limit?: unknown };
  if (error instanceof URIError) return new ScimError(400, 'the URL has a broken percent escape', 'invalidSyntax');
  if (type === 'entity.parse.failed') return new ScimError(400, 'the body is not valid JSON', 'invalidSyntax');
  if (type === 'entity.too.large') return new ScimError(413, `the body is larger than ${limit} bytes`);
  if (typeof type === 'string' && typeof status === 'number' && status >= 400 && status < 500) {
    return new ScimError(status, `the body cannot be read: ${type}`);
  }
  return null;
}

/** The Error message of RFC 7644 §3.12; `status` is a string there. */
export function errorBody(error: ScimError): Record<string, unknown> {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(error.status),
    ...(error.scimType ? { scimType: error.scimType } : {}),
    detail: error.message,
  };
}
