import type { Command } from 'commander';
import { apiCommand } from './command.ts';

/** `gangway openapi`: the description of the JSON API. */
export function openApiCommand(): Command {
  return apiCommand('openapi', 'print the OpenAPI 3.1 description of the JSON API', async (api) => {
    const document = await api.call<object>('GET', '/openapi.json');
    return { data: document, lines: [JSON.stringify(document, null, 2)] };
  });
}
