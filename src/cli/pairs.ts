import { readFileSync } from 'node:fs';
import { Fault } from '../errors.ts';

/** `name=value` texts as a record; null when one of them is something else. */
export function pairs(texts: string[]): Record<string, string> | null {
  const split = texts.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const);
  if (texts.some((text) => text.indexOf('=') < 1)) return null;
  return Object.fromEntries(split);
}

/**
 * What a secret's value stands for: `env:NAME` for an environment variable and `file:PATH` for a file's text, so that it
 * is neither typed nor kept in the shell's history; anything else for itself. No error repeats a value.
 */
export function secretFrom(name: string, value: string, environment: NodeJS.ProcessEnv): string {
  if (value.startsWith('env:')) {
    const found = environment[value.slice(4)];
    if (found) return found;
    throw new Fault('config_invalid', `secret ${name}: the environment has no ${value.slice(4)}`);
  }
  return value.startsWith('file:') ? textOf(value.slice(5), `secret ${name}`) : value;
}

/** A file's text without the line end that editors leave. */
export function textOf(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Fault('config_invalid', `${what}: cannot read ${path} (${code})`, { cause });
  }
}
