import { writeFile } from 'node:fs/promises';
import type { Api } from './api.ts';
import { errorFileBeside, type RosterFile } from './roster-file.ts';
import type { RosterWords } from './roster-words.ts';
import type { Run } from './run.ts';

/** Where the error file is, null when it could not be written, and what to say of it. */
export type KeptErrors = { readonly path: string | null; readonly lines: string[] };

/**
 * Writes the rows that were not taken beside the file that they came from, or where somebody wants them; null when all were
 * taken. That it cannot be written there changes nothing of what was applied.
 */
export async function keepErrors(
  api: Api,
  { id, counts }: Pick<Run, 'id' | 'counts'>,
  file: RosterFile,
  wanted: string | null,
  words: RosterWords,
): Promise<KeptErrors | null> {
  if (Number(counts['rejected'] ?? 0) === 0) return null;
  const path = wanted ?? errorFileBeside(file.path);
  const format = /\.(json|xml)$/i.exec(path)?.[1]?.toLowerCase() ?? 'csv';
  const text = await api.text(`/runs/${encodeURIComponent(id)}/errors?format=${format}`);
  try {
    await writeFile(path, text);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return { path: null, lines: [words.noErrorFile(path, code)] };
  }
  return { path, lines: [words.errorsAt(path)] };
}
