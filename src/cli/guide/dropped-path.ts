import { fileURLToPath } from 'node:url';

/**
 * The path in what a terminal types when a file is dropped on it: quoted, with blanks escaped, or as an address. Pure.
 *
 *   typed                             path
 *   '/home/ada/my file.csv'           /home/ada/my file.csv
 *   "C:\Users\ada\my file.csv"        C:\Users\ada\my file.csv
 *   & 'C:\my file.csv'                C:\my file.csv            (PowerShell)
 *   /home/ada/my\ file.csv            /home/ada/my file.csv     (not on Windows, where \ parts folders)
 *   file:///home/ada/my%20file.csv    /home/ada/my file.csv
 */
export function droppedPath(typed: string, windows = process.platform === 'win32'): string {
  const text = typed.trim().replace(/^& (?=['"])/, '');
  const [, quote = '', inner = ''] = /^(['"])(.*)\1$/.exec(text) ?? [];
  if (quote === "'") return inner.replaceAll("'\\''", "'"); // as shells write a quote inside quotes
  if (quote) return inner;
  if (/^file:\/\//i.test(text)) return addressed(text, windows);
  return windows ? text : text.replace(/\\(.)/g, '$1');
}

function addressed(text: string, windows: boolean): string {
  try {
    return fileURLToPath(text, { windows });
  } catch {
    return text; // it is looked for, and not found, under this name
  }
}
