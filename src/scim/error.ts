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

export type ScimErrorOptions = ErrorOptions & { retryAfter?: number; headers?: Record<string, string> };

/** An error as the protocol knows it (RFC 7644 §3.12): HTTP status, optional keyword, words for a human. */
export class ScimError extends Error {
  override readonly name = 'ScimError';
  readonly status: number;
  readonly scimType: ScimType | undefined;
  readonly retryAfter: number | undefined;
  /** What the answer's head says beyond that. */
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(status: number, detail: string, scimType?: ScimType, options?: ScimErrorOptions) {
    super(detail, options);
    this.status = status;
    this.scimType = scimType;
    this.retryAfter = options?.retryAfter;
    this.headers = options?.headers;
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
  if (error instanceof URIError) return new ScimError(400, 'the URL has a broken percent escape', 'invalidSyntax');
  // V8's word for a stack that has come to its end: nothing but a body nested by the thousand gets there
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new ScimError(400, 'the body is nested too deep', 'invalidSyntax', { cause: error });
  }
  return new ScimError(500, 'internal error; see the server log', undefined, { cause: error });
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
