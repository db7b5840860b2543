import { readFileSync } from 'node:fs';
import type { Connector, TargetSettings } from './connector.ts';
import { parseDescription } from './rest/description.ts';
import { restConnector } from './rest/rest.ts';

const FILE = new URL('../../examples/targets/sandbox.yaml', import.meta.url);

// the sandbox is no special case: it is driven by the same file that users copy for their own app
const description = parseDescription(readFileSync(FILE, 'utf8'));

/** The connector for the built-in sandbox app; `url` is where it is mounted and `key` its API key. */
export function sandboxConnector(target: TargetSettings, { url, key }: { url: string; key: string }): Connector {
  return restConnector(description, {
    settings: { ...target.settings, url },
    secrets: { ...target.secrets, key },
  });
}
