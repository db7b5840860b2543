import type { ClientEnvironment } from '../../config.ts';
import { Fault } from '../../errors.ts';
import { type FileSettings, SETTINGS, type SettingName } from './file.ts';

/** A value, and who said it: an option, a variable, a file; null where nobody did. */
export type Setting = { readonly value: string; readonly from: string };
export type Settings = Readonly<Record<SettingName, Setting | null>>;

/** The names of the options, where there is one. */
const OPTIONS: Readonly<Record<SettingName, string>> = {
  url: '--url',
  keyFile: '--key-file',
  tenant: '--tenant',
  connection: '--connection',
  profile: '--profile',
};

/**
 * What holds for one command: an option before a variable of the environment, before the nearest file. Pure.
 *
 * An address and a key that two different files name are refused: whoever can put a file into a folder must not learn the
 * key of somebody who works there.
 */
export function settingsOf(
  options: Partial<Record<SettingName, string | undefined>>,
  environment: Pick<ClientEnvironment, 'settings'>,
  files: readonly FileSettings[],
): Settings {
  const settings = Object.fromEntries(
    SETTINGS.map((name) => [name, byOption(name, options) ?? environment.settings[name] ?? byFile(name, files)]),
  ) as Settings; // each name once
  const { url, keyFile } = settings;
  const isFile = (setting: Setting | null) => files.some(({ path }) => path === setting?.from);
  if (url && keyFile && isFile(url) && isFile(keyFile) && url.from !== keyFile.from) {
    const mend = `name keyFile in ${url.from}, too, or give it by GANGWAY_KEY_FILE`;
    throw new Fault('config_invalid', `the key of ${keyFile.from} is not sent to the address of ${url.from}: ${mend}`);
  }
  return settings;
}

function byOption(name: SettingName, options: Partial<Record<SettingName, string | undefined>>): Setting | null {
  const value = options[name];
  return value === undefined ? null : { value, from: OPTIONS[name] };
}

function byFile(name: SettingName, files: readonly FileSettings[]): Setting | null {
  for (const { path, values } of files) {
    const value = values[name];
    if (value !== undefined) return { value, from: path };
  }
  return null;
}
