import { Fault } from '../../errors.ts';
import { ENVIRONMENTS } from '../../model/environment.ts';
import { textOf } from '../pairs.ts';
import type { ConfigDocument } from './document.ts';

/** What may stand where; the server looks at the values. */
const PARTS = ['environment', 'policy', 'extensions', 'targets', 'connections'];
const OF_CONNECTION = ['profile', 'targets', 'policy', 'mapping', 'rosterProfile'];
const OF_TARGET = ['kind', 'environment', 'settings', 'secrets'];

/** Reads a file of `gangway config export`; throws in words what does not belong there. */
export async function configIn(path: string): Promise<ConfigDocument> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(textOf(path, 'the file'), { logLevel: 'silent' });
  const [error] = document.errors;
  if (error) throw wrong(path, `is not valid YAML: ${error.message}`);
  const read = fieldsAt(path, '', document.toJS());
  checkNames(path, '', read, PARTS);
  if (!ENVIRONMENTS.some((one) => one === read['environment'])) {
    throw wrong(path, `environment: must be one of ${ENVIRONMENTS.join(', ')}: what the exported tenant was for`);
  }
  for (const part of ['policy', 'extensions']) fieldsAt(path, part, read[part] ?? {});
  for (const [part, names] of [
    ['targets', OF_TARGET],
    ['connections', OF_CONNECTION],
  ] as const) {
    for (const [name, one] of Object.entries(fieldsAt(path, part, read[part] ?? {}))) {
      checkNames(path, `${part}.${name}`, fieldsAt(path, `${part}.${name}`, one), names);
    }
  }
  return read as ConfigDocument; // its parts are those; their values are the server's to judge
}

function checkNames(path: string, place: string, fields: Record<string, unknown>, known: readonly string[]): void {
  const odd = Object.keys(fields).find((name) => !known.includes(name));
  if (odd) throw wrong(path, `${place ? `${place}: ` : ''}there is no "${odd}"; there are ${known.join(', ')}`);
}

function fieldsAt(path: string, place: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw wrong(path, `${place || 'the file'}: must hold names with their values`);
}

function wrong(path: string, what: string): Fault {
  return new Fault('config_invalid', `${path}: ${what}`);
}
