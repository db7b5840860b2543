import type { Entry } from 'ssh2';

const REGULAR = 0o100000;
const KIND = 0o170000;

/**
 * The newest file whose name fits a pattern with `*`; of two of the same second, the one whose name comes last. Null when
 * there is none. Folders, links and `.done` files do not count.
 */
export function newestOf(entries: readonly Entry[], pattern: string): Entry | null {
  const fits = new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 's');
  const files = entries.filter(
    ({ filename, attrs }) => fits.test(filename) && !filename.endsWith('.done') && (attrs.mode & KIND) === REGULAR,
  );
  const [newest] = files.toSorted((a, b) => b.attrs.mtime - a.attrs.mtime || (a.filename < b.filename ? 1 : -1));
  return newest ?? null;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
