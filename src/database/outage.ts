/** SQLSTATEs of a server that is stopping, starting, full or cut off; class 08 is every connection failure; 25006 a former primary. */
const SQLSTATES = /^(08...|57P0[1-5]|53...|25006)$/;
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What pg, knex and pgbouncer say without a code. */
const MESSAGES =
  /Connection terminated|Client has encountered a connection error|Connection ended unexpectedly|timeout exceeded when trying to connect|Timeout acquiring a connection|Client was closed and is not queryable|server conn crashed|server closed the connection|query_wait_timeout|no more connections allowed/i;

/** True when the database did not answer, as opposed to answering no: the caller says 503, never 404 or 500. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = String((error as { code?: unknown }).code ?? '');
  if (error.name === 'KnexTimeoutError' || SYSTEM_CODES.has(code) || SQLSTATES.test(code)) return true;
  if (!code && MESSAGES.test(error.message)) return true;
  const inner = error instanceof AggregateError ? error.errors : [error.cause]; // one per address that was tried
  return inner.some(isOutage);
}
