import { isDeepStrictEqual } from 'node:util';
import type { Fields } from './document.ts';

/** Fields of a document that have fields themselves, each of which stands for itself. */
export type Nested = readonly string[];

/**
 * A document as it becomes when a file is laid over it. Pure.
 *
 *   the field is in    it becomes
 *   the file alone     the file's
 *   both               the file's; within a nested field, the same again
 *   here alone         what it was: the file does not mean it
 *   the file as null   nothing: it is taken away
 */
export function overlay(here: Fields, file: Fields, nested: Nested = []): Fields {
  const result: Record<string, unknown> = { ...here };
  for (const [name, value] of Object.entries(file)) {
    if (value === null) delete result[name];
    else if (nested.includes(name)) result[name] = overlay(fieldsIn(here[name]), fieldsIn(value));
    else result[name] = value;
  }
  return result;
}

/** One field that is not alike at both ends. */
export type Differing = {
  readonly path: string;
  /** undefined: not there. */
  readonly here: unknown;
  readonly file: unknown;
  /** False where the file does not name it, so that it stays. */
  readonly changes: boolean;
};

/** The fields in which a document and the file differ. Pure. */
export function differing(path: string, here: Fields, file: Fields, nested: Nested = []): Differing[] {
  const names = [...new Set([...Object.keys(here), ...Object.keys(file)])].toSorted();
  return names.flatMap((name): Differing[] => {
    const place = `${path}.${name}`;
    if (nested.includes(name) && file[name] !== null) {
      return differing(place, fieldsIn(here[name]), fieldsIn(file[name]));
    }
    if (!(name in file)) return [{ path: place, here: here[name], file: undefined, changes: false }];
    const wanted = file[name] === null ? undefined : file[name];
    return isDeepStrictEqual(here[name], wanted)
      ? []
      : [{ path: place, here: here[name], file: wanted, changes: true }];
  });
}

function fieldsIn(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
