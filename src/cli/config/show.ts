import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../config.ts';
import { addressOf } from '../address.ts';
import { localCommand, withApiOptions } from '../command.ts';
import { table } from '../print.ts';
import { SETTINGS, type SettingName } from '../settings/file.ts';
import type { Setting } from '../settings/settings.ts';

type Options = Partial<Record<SettingName, string>> & { key?: string };

const WORDS: Readonly<Record<SettingName | 'key', string>> = {
  url: 'where the server answers',
  key: 'the admin key',
  keyFile: 'the file that the admin key is in',
  tenant: 'whose connections and people',
  connection: 'whose people a roster has',
  profile: 'how gangway roster check reads a file',
};

/** `gangway config show`: the settings of the command line, and where each comes from. */
export function showCommand(): Command {
  const command = localCommand<Options>(
    'show',
    'show the settings of this command, and where each comes from; needs no server',
    async (_names, options) => {
      const { readSettings } = await import('../settings/read.ts'); // it brings zod along, which --help need not wait for
      const settings = await readSettings(options);
      const { readConfig } = await import('../../config.ts');
      const config = readConfig();
      const found: [SettingName | 'key', Setting | null][] = SETTINGS.flatMap((name) => [
        [name, settings[name] ?? otherwise(name, options, config)] as [SettingName, Setting | null],
        ...(name === 'url' ? [['key', keySetting(command)] as ['key', Setting | null]] : []),
      ]);
      const rows = found.map(([name, setting]) => [name, setting?.value, setting?.from, WORDS[name]]);
      return { data: Object.fromEntries(found), lines: table(['SETTING', 'VALUE', 'FROM', 'IS'], rows, '') };
    },
  );
  return withApiOptions(command)
    .option('--connection <name>', 'as for roster push')
    .option('--profile <file>', 'as for roster check');
}

/** Said by nobody, these have a value all the same. */
function otherwise(name: SettingName, { key }: Options, config: Config): Setting | null {
  if (name === 'url') return { value: addressOf(config), from: 'default, by HOST and PORT' };
  const path = join(config.dataDir, 'admin-key');
  if (name === 'keyFile' && key === undefined && existsSync(path))
    return { value: path, from: 'default, by GANGWAY_DATA' };
  return null;
}

/** That there is one; never what it is. */
function keySetting(command: Command): Setting | null {
  const source = command.getOptionValueSource('key');
  if (source === undefined) return null;
  return { value: '(set)', from: source === 'env' ? 'GANGWAY_ADMIN_KEY' : '--key' };
}
