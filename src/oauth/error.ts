export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unsupported_grant_type';

/** A refusal as RFC 6749 §5.2 knows it: a keyword, and words for a human. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;

  constructor(code: OAuthErrorCode, description: string, options?: ErrorOptions) {
    super(description, options);
    this.code = code;
  }
}

/** The one answer to everybody who has not proved who they are: it does not tell which clients exist. */
export function unknownClient(cause?: unknown): OAuthError {
  return new OAuthError('invalid_client', 'the client is unknown or revoked, or its secret or key does not fit', {
    cause,
  });
}
