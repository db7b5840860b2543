import { pad, printable, widthOf } from './text-width.ts';

/** Lines of a table with aligned columns; one sentence when there is nothing. */
export function table(headings: string[], rows: (string | null | undefined)[][], nothing: string): string[] {
  if (rows.length === 0) return [nothing];
  const cells = [headings, ...rows.map((row) => row.map((cell) => printable(cell || '-')))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** How long ago or how soon something is, roughly. */
export function when(time: string, now = Date.now()): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 2) return 'now';
  const words =
    size < 120
      ? `${size} s`
      : size < 7_200
        ? `${Math.round(size / 60)} min`
        : size < 172_800
          ? `${Math.round(size / 3_600)} h`
          : `${Math.round(size / 86_400)} days`;
  return seconds < 0 ? `${words} ago` : `in ${words}`;
}
