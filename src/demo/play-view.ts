import { styleText } from 'node:util';
import { cut } from '../cli/text-width.ts';
import type { Counts } from './play-sandbox.ts';
import type { Act, Progress } from './play-watch.ts';

/** Half of all accounts followed within p50 milliseconds, the slowest after max. */
export type Times = { p50: number; max: number; count: number } | null;

/** Shows the day as it is played. */
export type View = {
  say(text: string): void;
  progress(act: Act, progress: Progress, times: Times): void;
  /** The act is over: its line stays. */
  end(act: Act, progress: Progress, times: Times): void;
  /** Leaves the terminal as it was. */
  close(): void;
};

const BAR_WIDTH = 24;
const UP_AND_CLEAR = (lines: number) => (lines ? `\u001b[${lines}A\r\u001b[J` : '');
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/** Redraws in place on a terminal; prints one line for each act into a pipe or a file, as JSON where that is wanted. */
export function createView(out: NodeJS.WriteStream, json = false): View {
  if (json) return jsonView(out);
  return out.isTTY ? terminalView(out) : plainView(out);
}

function jsonView(out: NodeJS.WriteStream): View {
  return {
    say: () => {},
    progress: () => {},
    end: ({ at, words }, progress, times) => void out.write(`${JSON.stringify({ at, words, ...progress, times })}\n`),
    close: () => {},
  };
}

function plainView(out: NodeJS.WriteStream): View {
  const say = (text: string) => void out.write(`${text}\n`);
  return {
    say,
    progress: () => {},
    end(act, { done, total, counts }, times) {
      const followed = total ? `${done} of ${total} followed; ` : '';
      say(`${act.at}  ${act.words}: ${followed}${countsText(counts)}${times ? `; ${timesText(times)}` : ''}`);
    },
    close: () => {},
  };
}

function terminalView(out: NodeJS.WriteStream): View {
  let drawn = 0;
  let shown = '';
  const draw = (kept: string[], live: string[]) => {
    const text = [...kept, ...live].map((line) => `${line}\n`).join('');
    if (text === shown) return;
    out.write(HIDE_CURSOR + UP_AND_CLEAR(drawn) + text);
    drawn = live.length;
    shown = live.length ? text : '';
  };
  // styles are put on after cutting, so that a cut never leaves one open
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    styleText(style, cut(text, Math.max(10, (out.columns || 80) - 1)), { stream: out });
  return {
    say: (text) => draw(text.split('\n'), []),
    progress: (act, progress, times) =>
      draw(
        [],
        [
          paint('bold', `${act.at}  ▸ ${act.words}`),
          paint('cyan', `       ${barText(progress)}`),
          '',
          paint('dim', `       in the sandbox: ${countsText(progress.counts)}`),
          paint('dim', `       ${times ? timesText(times) : 'no times yet'}`),
        ],
      ),
    end: (act) => draw([paint('green', `${act.at}  ✓ ${act.words}`)], []),
    close: () => void out.write(SHOW_CURSOR),
  };
}

function barText({ done, total }: Progress): string {
  const filled = total ? Math.round((done / total) * BAR_WIDTH) : BAR_WIDTH;
  const words = total ? `${done} of ${total} have followed` : 'no account has to follow';
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}  ${words}`;
}

/** Counts per status in words. */
export function countsText({ invited, active, suspended }: Counts): string {
  return `${invited} invited, ${active} active, ${suspended} suspended`;
}

/** The times over the day in words. */
export function timesText({ p50, max, count }: NonNullable<Times>): string {
  return `SCIM request to sandbox: p50 ${Math.round(p50)} ms, max ${Math.round(max)} ms (${count})`;
}
