import { cut } from './text-width.ts';

/** Shows how far something is: one line, drawn anew in its place. */
export type Progress = {
  show(words: string, done?: number, total?: number): void;
  /** Takes the line away, before something else is printed. */
  clear(): void;
};
type Out = { isTTY?: boolean | undefined; columns?: number | undefined; write(text: string): unknown };

const BAR = 24;
const NONE: Progress = { show: () => {}, clear: () => {} };

/** On a terminal; into a file or a pipe goes nothing. */
export function progressOn(out: Out): Progress {
  if (!out.isTTY) return NONE;
  let shown = '';
  const draw = (line: string) => {
    if (line === shown) return;
    shown = line;
    out.write(`\r\u001b[K${line}`);
  };
  return {
    show: (words, done, total) => {
      const bar = done === undefined || !total ? '' : `${barOf(done / total)}  `;
      draw(cut(`${bar}${words}`, Math.max(10, (out.columns || 80) - 1)));
    },
    clear: () => draw(''),
  };
}

function barOf(part: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, part)) * BAR);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${String(Math.floor(Math.min(1, part) * 100)).padStart(3)} %`;
}

/** A size in the largest unit that leaves a number to read. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
