import { readClientEnvironment } from '../../config.ts';
import { type SettingName, settingsFiles } from './file.ts';
import { type Settings, settingsOf } from './settings.ts';

/** The settings of this process, with what the options of a command say. */
export async function readSettings(options: Partial<Record<SettingName, string | undefined>>): Promise<Settings> {
  const environment = readClientEnvironment();
  return settingsOf(options, environment, await settingsFiles(process.cwd(), environment.folder));
}
