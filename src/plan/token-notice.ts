const DAY_MS = 86_400_000;
/** So many days before its end a token is told of, once each. */
export const TOKEN_DAYS = [1, 7, 14, 30] as const;
const TOLD_DAYS = 7;

/**
 * What to tell of a token now: the days that it is told ahead, or that it has expired.
 *
 *   the token ends                       it was made                      result
 *   more than 7 days ago                 any                              null: too late to help
 *   up to 7 days ago                     any                              expired
 *   within 1, 7, 14 or 30 days           before that many days ahead      the least of these numbers
 *   within 1, 7, 14 or 30 days           later: it is short by intention  null
 *   later                                any                              null
 */
export function tokenNotice(
  { createdAt, expiresAt }: { readonly createdAt: Date; readonly expiresAt: Date },
  now: Date,
): (typeof TOKEN_DAYS)[number] | 'expired' | null {
  const left = expiresAt.getTime() - now.getTime();
  if (left <= 0) return left >= -TOLD_DAYS * DAY_MS ? 'expired' : null;
  const days = TOKEN_DAYS.find((number) => left <= number * DAY_MS);
  if (days === undefined) return null;
  return createdAt.getTime() < expiresAt.getTime() - days * DAY_MS ? days : null;
}
