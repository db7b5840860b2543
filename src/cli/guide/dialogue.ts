import { createInterface } from 'node:readline/promises';
import { printable } from '../text-width.ts';

/** Somebody ended the dialogue: Ctrl-C, Ctrl-D, or the word for it. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

export type Streams = { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream };
export type Dialogue = {
  say(...lines: string[]): void;
  /** What was typed, trimmed. */
  ask(question: string): Promise<string>;
  /** True only for a clear yes. */
  agree(question: string): Promise<boolean>;
  /** One of several by its number or name; undefined when it is neither. */
  choose<Item>(question: string, items: readonly Item[], nameOf: (item: Item) => string): Promise<Item>;
  close(): void;
};
export type DialogueWords = {
  readonly yesNo: string;
  readonly yes: RegExp;
  readonly quit: RegExp;
  readonly pickOne: string;
};

/** Asks one thing after the other; every question throws `Cancelled` when whoever sits there wants out. */
export function openDialogue({ input, output }: Streams, words: DialogueWords): Dialogue {
  const terminal = createInterface({ input, output });
  const closed = new AbortController();
  terminal.once('close', () => closed.abort());
  terminal.once('SIGINT', () => terminal.close());
  const say = (...texts: string[]) => {
    const lines = texts.flatMap((text) => text.split('\n'));
    output.write(lines.map((line) => `${printable(line)}\n`).join(''));
  };
  const ask = async (question: string): Promise<string> => {
    if (closed.signal.aborted) throw new Cancelled();
    // what was typed before the question is no answer to it
    const typed = await terminal.question(`${question} `, { signal: closed.signal }).catch((error: unknown) => {
      throw closed.signal.aborted ? new Cancelled() : error;
    });
    if (words.quit.test(typed.trim())) throw new Cancelled();
    return typed.trim();
  };
  return {
    say,
    ask,
    agree: async (question) => words.yes.test(await ask(`${question} ${words.yesNo}`)),
    choose: async (question, items, nameOf) => {
      say(...items.map((item, index) => `  ${index + 1}  ${nameOf(item)}`));
      for (;;) {
        const typed = await ask(question);
        const found = items[Number(typed) - 1] ?? items.find((item) => nameOf(item) === typed);
        if (found) return found;
        say(words.pickOne);
      }
    },
    close: () => terminal.close(),
  };
}
