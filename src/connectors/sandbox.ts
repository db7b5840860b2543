import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Connector, TargetSettings } from './connector.ts';
import { parseDescription } from './rest/description.ts';
import { restConnector } from './rest/rest.ts';
import { readSettings } from './settings.ts';

const FILE = new URL('../../examples/targets/sandbox.yaml', import.meta.url);

// the sandbox is no special case: it is driven by the same file that users copy for their own app
const description = parseDescription(readFileSync(FILE, 'utf8'));

/** Names of the side effects that it knows. */
export const EFFECTS = [...description.onSuspend, ...description.onResume].map(({ name }) => name);
// an app of one's own declares what it wants; here it is chosen, so that the demo shows both (S9, S23)
const settings = z.looseObject({
  effects: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(',').map((name) => name.trim()))])
    .pipe(z.array(z.enum(EFFECTS)))
    .default([]),
});
/** What can be set, by name. */
export const SANDBOX_SETTINGS = settings.shape;

/**
 * The connector for the built-in sandbox app; `url` is where it is mounted and `key` its API key. The setting `effects`
 * names the side effects of its description that are wanted.
 */
export function sandboxConnector(target: TargetSettings, { url, key }: { url: string; key: string }): Connector {
  const { effects } = readSettings('sandbox', settings, target);
  const wanted = {
    ...description,
    onSuspend: description.onSuspend.filter(({ name }) => effects.includes(name)),
    onResume: description.onResume.filter(({ name }) => effects.includes(name)),
  };
  return restConnector(wanted, {
    settings: { ...target.settings, url },
    secrets: { ...target.secrets, key },
  });
}
