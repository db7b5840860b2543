import { PassThrough } from 'node:stream';
import { createApi } from '../../src/cli/api.ts';
import { guide } from '../../src/cli/guide/guide.ts';
import type { Language } from '../../src/cli/language.ts';
import type { RunningServer } from '../admin/running.ts';

/** What a person does at a prompt: types a line, or ends it. */
export type Turn = readonly [prompt: RegExp, typed: string | 'END'];
export type Told = { readonly code: number; readonly text: string };

/** Sits at the terminal of the guided mode: waits for each prompt, then types. */
export async function converse(
  { origin, adminKey }: Pick<RunningServer, 'origin' | 'adminKey'>,
  language: Language,
  turns: readonly Turn[],
  tenant?: string,
): Promise<Told> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let text = '';
  let read = 0;
  let turn = 0;
  output.on('data', (chunk) => {
    text += chunk;
    const next = turns[turn];
    const found = next?.[0].exec(text.slice(read));
    if (!next || !found) return;
    read = text.length;
    turn++;
    if (next[1] === 'END') input.end();
    else input.write(`${next[1]}\n`);
  });
  const api = createApi({ url: origin, key: adminKey, tenant });
  const code = await guide({ api, language, input, output });
  if (turn < turns.length) throw new Error(`nobody asked ${turns[turn]?.[0]}:\n${text}`);
  return { code, text };
}
