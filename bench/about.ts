import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

const FOLDER = new URL('results/', import.meta.url);

export type About = { at: string; machine: string; load: string; versions: string; command: string };

/** Everything that is needed to judge the figures of a run. */
export function aboutRun(postgres: string): About {
  const [first] = cpus();
  return {
    at: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    machine: `${cpus().length} × ${first?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`,
    load: loadavg()
      .map((value) => value.toFixed(1))
      .join(' '),
    versions: `Node ${process.versions.node}, PostgreSQL ${postgres}`,
    command: `npm run bench ${process.argv.slice(2).join(' ')}`,
  };
}

/** A Markdown table; the first row is its head. */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Writes results/`name` and returns its path. */
export function writeResult(name: string, text: string): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = new URL(name, FOLDER);
  writeFileSync(file, text);
  return file.pathname;
}
