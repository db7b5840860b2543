import { Fault } from '../errors.ts';
import { ENVIRONMENTS } from '../model/environment.ts';
import type { ConfigDocument } from './document.ts';

/** What may stand where; the server looks at the values. */
const PARTS = ['environment', 'policy', 'extensions', 'targets', 'connections'];
const OF_CONNECTION = ['profile', 'targets', 'policy', 'mapping', 'rosterProfile'];
const OF_TARGET = ['kind', 'environment', 'settings', 'secrets'];
const HOLDING_FIELDS = ['settings', 'policy', 'mapping', 'rosterProfile'];
const HOLDING_NAMES = ['targets', 'secrets'];

/** A configuration as the text of a file: the same for the same configuration. */
export async function textOfConfig(document: ConfigDocument): Promise<string> {
  const { stringify } = await import('yaml'); // only here, so that the other commands start at once
  return stringify(document, { lineWidth: 0 });
}

/** Reads the text of an exported file; throws in words what does not belong there. `file` is how the words call it. */
export async function configFrom(text: string, file: string): Promise<ConfigDocument> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error) throw wrong(file, `is not valid YAML: ${error.message}`);
  const read = fieldsAt(file, '', contentOf(document, file));
  checkNames(file, '', read, PARTS);
  if (!ENVIRONMENTS.some((one) => one === read['environment'])) {
    throw wrong(file, `environment: must be one of ${ENVIRONMENTS.join(', ')}: what the exported tenant was for`);
  }
  for (const part of ['policy', 'extensions']) fieldsAt(file, part, read[part] ?? {});
  for (const [part, names] of [
    ['targets', OF_TARGET],
    ['connections', OF_CONNECTION],
  ] as const) {
    for (const [name, one] of Object.entries(fieldsAt(file, part, read[part] ?? {}))) {
      const fields = fieldsAt(file, `${part}.${name}`, one);
      checkNames(file, `${part}.${name}`, fields, names);
      for (const [field, value] of Object.entries(fields)) checkShape(file, `${part}.${name}.${field}`, field, value);
    }
  }
  return read as ConfigDocument; // its parts are those; their values are the server's to judge
}

function checkShape(file: string, place: string, field: string, value: unknown): void {
  if (HOLDING_FIELDS.includes(field)) fieldsAt(file, place, value);
  const names = Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (HOLDING_NAMES.includes(field) && !names) throw wrong(file, `${place}: must be a list of names`);
}

/** What a text makes of itself by aliases may have no end. */
function contentOf(document: { toJS(): unknown }, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw wrong(file, `is not valid YAML: ${(cause as Error).message}`);
  }
}

function checkNames(file: string, place: string, fields: Record<string, unknown>, known: readonly string[]): void {
  const odd = Object.keys(fields).find((name) => !known.includes(name));
  if (odd) throw wrong(file, `${place ? `${place}: ` : ''}there is no "${odd}"; there are ${known.join(', ')}`);
}

function fieldsAt(file: string, place: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw wrong(file, `${place || 'the file'}: must hold names with their values`);
}

function wrong(file: string, what: string): Fault {
  return new Fault('config_invalid', `${file}: ${what}`);
}
