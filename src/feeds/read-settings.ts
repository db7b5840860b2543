import { z } from 'zod';
import { Fault } from '../errors.ts';
import type { FeedSettings } from './feed.ts';

const text = z.string().trim().min(1).max(2000);

/** Values that the kinds of feed have in common. */
export const fields = {
  text,
  /** Silence of so many seconds ends a fetch. */
  timeoutSeconds: z.number().min(0.1).max(300).default(30),
  /** A fetch ends after so many minutes, whatever comes. */
  timeoutMinutes: z.number().min(1).max(240).default(30),
  maxMegabytes: z.number().min(1).max(2000).default(500),
};

/** Reads the settings of a feed; throws Fault `config_invalid` that lists all faults. */
export function readSettings<S extends z.ZodType>({ kind, settings }: FeedSettings, schema: S): z.output<S> {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${['settings', ...issue.path].join('.')}: ${issue.message}`);
  throw new Fault('config_invalid', `the settings of a feed of kind ${kind} are not valid:\n${faults.join('\n')}`);
}

/** The secrets that these settings need, and no others; throws Fault `config_invalid`. */
export function readSecrets<Name extends string>(
  { kind, secrets }: FeedSettings,
  needed: readonly Name[],
  optional: readonly Name[] = [],
): Partial<Record<Name, string>> & Readonly<Record<string, string>> {
  const missing = needed.filter((name) => !secrets[name]);
  const known: readonly string[] = [...needed, ...optional];
  const others = Object.keys(secrets).filter((name) => !known.includes(name));
  if (missing.length > 0)
    throw new Fault('config_invalid', `this feed of kind ${kind} needs secrets.${missing.join(', secrets.')}`);
  if (others.length > 0) {
    const takes = known.length ? `it takes ${known.join(' and ')}` : 'it takes none';
    throw new Fault(
      'config_invalid',
      `this feed of kind ${kind} takes no secrets.${others.join(', secrets.')}: ${takes}; null removes one that is stored`,
    );
  }
  return secrets as Partial<Record<Name, string>> & Readonly<Record<string, string>>;
}
