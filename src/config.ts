import { z } from 'zod';
import type { OpenidSettings } from './access/openid.ts';
import { Fault } from './errors.ts';
import { RIGHTS } from './model/principal.ts';

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
  /** The mail server that invites and notices go out by; null: none. */
  readonly mail: { readonly url: string; readonly from: string } | null;
  /** The HTTP gateway for short messages; null: none. */
  readonly sms: {
    readonly url: string;
    readonly secret: string | null;
    readonly from: string;
    readonly template: Readonly<Record<string, unknown>>;
  } | null;
  /** What the command `gangway` proves itself by; null: by the installation's own key. */
  readonly apiKey: string | null;
  /** Where operators sign in by OpenID Connect; null: with passwords of ours alone. */
  readonly openid: OpenidSettings | null;
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
  GANGWAY_SMTP_URL: z
    .string()
    .refine((text) => /^smtps?:\/\//.test(text) && URL.canParse(text), 'must look like smtp://user:password@host:587')
    .optional(),
  GANGWAY_MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'must look like Acme <it@acme.example>')
    .optional(),
  GANGWAY_SMS_URL: z
    .string()
    .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'must look like https://sms.example.com/send')
    .optional(),
  GANGWAY_SMS_SECRET: z.string().optional(),
  GANGWAY_SMS_FROM: z.string().max(20).default('Gangway'),
  GANGWAY_SMS_TEMPLATE: z
    .string()
    .default('{"to":"{to}","from":"{from}","text":"{text}"}')
    .transform((text, ctx) => jsonObject(text) ?? fault(ctx, 'must be a JSON object'))
    .refine(
      (template) => /\{to\}.*\{text\}|\{text\}.*\{to\}/s.test(JSON.stringify(template)),
      'must hold {to} and {text}',
    ),
  GANGWAY_API_KEY: z
    .string()
    .regex(/^gk_[\w-]{22}_[\w-]{43}$/, 'must be an API key as `gangway technical-user key` shows it')
    .optional(),
  GANGWAY_OIDC_ISSUER: z.string().refine(isIssuer, 'must look like https://login.example.com').optional(),
  GANGWAY_OIDC_CLIENT_ID: z.string().optional(),
  GANGWAY_OIDC_CLIENT_SECRET: z.string().optional(),
  GANGWAY_OIDC_SCOPES: z
    .string()
    .refine((text) => text.split(' ').includes('openid'), 'must hold openid')
    .default('openid profile email'),
  GANGWAY_OIDC_GROUPS_CLAIM: z.string().default('groups'),
  GANGWAY_OIDC_ROLES: z
    .string()
    .transform((text, ctx) => jsonList(text) ?? fault(ctx, 'must be a JSON list'))
    .pipe(
      z
        .array(
          z.strictObject({
            group: z.string().min(1),
            tenant: z.string().min(1),
            rights: z.array(z.enum(RIGHTS)).min(1),
          }),
        )
        .min(1),
    )
    .optional(),
  npm_lifecycle_event: z.string().optional(),
});

const Complete = Environment.refine(({ GANGWAY_SMTP_URL: url, GANGWAY_MAIL_FROM: from }) => !url === !from, {
  path: ['GANGWAY_MAIL_FROM'],
  message: 'GANGWAY_SMTP_URL and GANGWAY_MAIL_FROM belong together: set both or neither',
}).refine((data) => new Set(openidNeeds(data).map((value) => value === undefined)).size === 1, {
  path: ['GANGWAY_OIDC_ISSUER'],
  message: 'GANGWAY_OIDC_ISSUER, GANGWAY_OIDC_CLIENT_ID and GANGWAY_OIDC_ROLES belong together: set all or none',
});

/** Reads the environment; throws one `config_invalid` that names every fault. Empty values count as unset. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Complete.safeParse(given);
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
    mail: mailIn(data),
    sms: smsIn(data),
    apiKey: data.GANGWAY_API_KEY ?? null,
    openid: openidIn(data),
    endWithParent: data.npm_lifecycle_event !== undefined,
  });
}

type Data = z.output<typeof Environment>;

function mailIn({ GANGWAY_SMTP_URL: url, GANGWAY_MAIL_FROM: from }: Data): Config['mail'] {
  return url === undefined || from === undefined ? null : { url, from };
}

function smsIn(data: Data): Config['sms'] {
  const { GANGWAY_SMS_URL: url, GANGWAY_SMS_SECRET: secret = null, GANGWAY_SMS_FROM: from } = data;
  return url === undefined ? null : { url, secret, from, template: data.GANGWAY_SMS_TEMPLATE };
}

function openidNeeds(data: Data) {
  return [data.GANGWAY_OIDC_ISSUER, data.GANGWAY_OIDC_CLIENT_ID, data.GANGWAY_OIDC_ROLES];
}

function openidIn(data: Data): Config['openid'] {
  const { GANGWAY_OIDC_ISSUER: issuer, GANGWAY_OIDC_CLIENT_ID: clientId, GANGWAY_OIDC_ROLES: roles } = data;
  if (issuer === undefined || clientId === undefined || roles === undefined) return null;
  const { GANGWAY_OIDC_CLIENT_SECRET: clientSecret = null, GANGWAY_OIDC_SCOPES: scopes } = data;
  return { issuer, clientId, clientSecret, scopes, groupsClaim: data.GANGWAY_OIDC_GROUPS_CLAIM, roles };
}

/** Who somebody is must not be told over an open line; this machine alone may do without. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

function jsonList(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function fault(ctx: z.RefinementCtx, message: string): never {
  ctx.addIssue({ code: 'custom', message });
  return z.NEVER;
}

function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, message).transform(Number).pipe(z.number().min(min, message).max(max, message));
}

/** What the environment says to the command line alone. */
export type ClientEnvironment = {
  /** Values of settings, each with the variable that it came by. */
  readonly settings: Readonly<Record<string, { readonly value: string; readonly from: string }>>;
  /** Where a person's own configuration lies; null where the environment does not say. */
  readonly folder: string | null;
  /** Proxies as other programs take them from the environment; empty: none. */
  readonly proxies: Readonly<Record<string, string>>;
  /** Node was told at its start to use them by itself. */
  readonly proxiesByNode: boolean;
};

const CLIENT_VARIABLES = {
  url: 'GANGWAY_URL',
  keyFile: 'GANGWAY_KEY_FILE',
  tenant: 'GANGWAY_TENANT',
  connection: 'GANGWAY_CONNECTION',
  profile: 'GANGWAY_PROFILE',
};
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy'];

/** Reads what concerns the command line; empty values count as unset. */
export function readClientEnvironment(environment: NodeJS.ProcessEnv = process.env): ClientEnvironment {
  const settings = Object.entries(CLIENT_VARIABLES).flatMap(([name, from]) => {
    const value = environment[from];
    return value ? [[name, { value, from }] as const] : [];
  });
  // as with curl, the name in small letters counts first
  const proxies = PROXY_VARIABLES.flatMap((name) => {
    const value = environment[name] || environment[name.toUpperCase()];
    return value ? [[name, value] as const] : [];
  });
  const { XDG_CONFIG_HOME: xdg, HOME: home, APPDATA: windows } = environment;
  const folder = xdg || (home && `${home}/.config`) || windows || null;
  const proxiesByNode = environment['NODE_USE_ENV_PROXY'] === '1';
  return { settings: Object.fromEntries(settings), folder, proxies: Object.fromEntries(proxies), proxiesByNode };
}
