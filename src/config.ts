import { z } from 'zod';
import { Fault } from './errors.ts';

/** Everything the process reads from its environment, checked once at start. */
export type Config = {
  readonly host: string;
  readonly port: number;
  /** Folder of the embedded database, the key file and the demo's token. */
  readonly dataDir: string;
  /** Null: start the embedded database. */
  readonly databaseUrl: string | null;
  /** 32 bytes, or null: keep one in the data folder. */
  readonly key: Buffer | null;
  readonly logLevel: string;
  /** Proxies in front whose X-Forwarded-* count; 0: none. */
  readonly trustedProxies: number;
  readonly workerConcurrency: number;
  /** Requests that a connection may send in a second; 0: any number. */
  readonly rateLimitPerSecond: number;
  /** Our address as clients know it, without a trailing slash; null: what they call us by. */
  readonly publicUrl: string | null;
  /** Started by npm, which ends its shell on SIGTERM but not what the shell has started. */
  readonly endWithParent: boolean;
};

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const Environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8080),
  GANGWAY_DATA: z.string().min(1).default('.gangway'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
  GANGWAY_KEY: z
    .string()
    .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64 (openssl rand -base64 32)')
    .optional(),
  LOG_LEVEL: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`).default('info'),
  TRUSTED_PROXIES: wholeNumber(0, 10).default(0),
  WORKER_CONCURRENCY: wholeNumber(1, 256).default(16),
  // 25 a second are what the certification of a large directory demands of everybody
  RATE_LIMIT_PER_SECOND: wholeNumber(0, 100_000)
    .refine((limit) => limit === 0 || limit >= 25, 'must be 0 (no limit) or at least 25')
    .default(5_000),
  PUBLIC_URL: z
    .string()
    .regex(/^https?:\/\/[^/?#\s]+\/?$/, 'must look like https://gangway.example.com, without a path')
    .optional(),
  npm_lifecycle_event: z.string().optional(),
});

/** Reads the environment; throws one `config_invalid` that names every fault. Empty values count as unset. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Fault('config_invalid', `the environment is not valid:\n${faults.join('\n')}`);
  }
  const { data } = parsed;
  return Object.freeze({
    host: data.HOST,
    port: data.PORT,
    dataDir: data.GANGWAY_DATA,
    databaseUrl: data.DATABASE_URL ?? null,
    key: data.GANGWAY_KEY ? Buffer.from(data.GANGWAY_KEY, 'base64') : null,
    logLevel: data.LOG_LEVEL,
    trustedProxies: data.TRUSTED_PROXIES,
    workerConcurrency: data.WORKER_CONCURRENCY,
    rateLimitPerSecond: data.RATE_LIMIT_PER_SECOND,
    publicUrl: data.PUBLIC_URL?.replace(/\/$/, '') ?? null,
    endWithParent: data.npm_lifecycle_event !== undefined,
  });
}

function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, message).transform(Number).pipe(z.number().min(min, message).max(max, message));
}
