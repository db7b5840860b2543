import pino from 'pino';

export type Log = pino.Logger;

/** Field names whose values never reach a log line, at the top level and one level down. */
const SECRET_FIELDS = ['token', 'password', 'secret', 'secrets', 'authorization', 'key', 'databaseUrl', 'url.password'];

/** A logger that writes JSON lines to stderr (stdout belongs to the commands' answers) and drops secrets. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
