import { Fault } from '../../errors.ts';

/** What a whole file is refused with: `message` says what is wrong, where, and how to mend it. */
export function unreadable(message: string, cause?: unknown): Fault {
  return new Fault('roster_unreadable', message, { cause });
}

/** A value of the file as messages and error files show it: one line, not too long. */
export function excerpt(text: string, most = 100): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const letters = Array.from(line.slice(0, 2 * most + 2)); // by code points: half a letter cannot be stored
  return letters.length > most ? `${letters.slice(0, most).join('')}…` : line;
}
