import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '../../errors.ts';

/** What a settings file may name; each can be said by a variable of the environment and by an option, too. */
export const SETTINGS = ['url', 'keyFile', 'tenant', 'connection', 'profile'] as const;
export type SettingName = (typeof SETTINGS)[number];
export type FileSettings = { readonly path: string; readonly values: Partial<Record<SettingName, string>> };

const PATHS: readonly SettingName[] = ['keyFile', 'profile'];

/** The files that count, the nearest first: `gangway.yaml` of the folder, then the person's own. Most have neither. */
export async function settingsFiles(cwd: string, own: string | null): Promise<FileSettings[]> {
  const paths = [join(cwd, 'gangway.yaml'), ...(own === null ? [] : [join(own, 'gangway', 'config.yaml')])];
  const found: FileSettings[] = [];
  for (const path of paths) {
    const text = textAt(path);
    if (text !== null) found.push({ path, values: await valuesIn(path, text) });
  }
  return found;
}

function textAt(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Fault('config_invalid', `cannot read ${path} (${code})`, { cause });
  }
}

async function valuesIn(path: string, text: string): Promise<FileSettings['values']> {
  const { parseDocument } = await import('yaml'); // only here: without a file nothing waits for it
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error) throw new Fault('config_invalid', `${path} is not valid YAML: ${error.message}`);
  const read: unknown = document.toJS() ?? {};
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new Fault('config_invalid', `${path} must hold settings, like url: https://gangway.example.com`);
  }
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, checked(path, name, value)]));
}

/** Relative paths are those of the file's own folder. */
function checked(path: string, name: string, value: unknown): string {
  if (name === 'key')
    throw new Fault('config_invalid', `${path}: no key stands in here: keyFile names the file it is in`);
  const known = SETTINGS.find((setting) => setting === name);
  if (!known)
    throw new Fault('config_invalid', `${path}: there is no setting "${name}"; there are ${SETTINGS.join(', ')}`);
  if (typeof value !== 'string' || value === '') throw new Fault('config_invalid', `${path}: ${name} must be a text`);
  if (known === 'url' && !(/^https?:\/\//.test(value) && URL.canParse(value))) {
    throw new Fault('config_invalid', `${path}: url must be an address like https://gangway.example.com`);
  }
  return PATHS.includes(known) ? resolve(dirname(path), value) : value;
}
