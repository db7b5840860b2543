import ssh2 from 'ssh2';
import { z } from 'zod';
import { demandReachable } from '../../connectors/http/address.ts';
import { Fault } from '../../errors.ts';
import type { FeedSettings } from '../feed.ts';
import { fields, readSecrets, readSettings } from '../read-settings.ts';

const schema = z.strictObject({
  host: z.string().regex(/^[\p{L}\p{N}.:_-]{1,253}$/u, 'must be a name or an address, without a port'),
  port: z.number().int().min(1).max(65_535).default(22),
  username: fields.text,
  /** A file, or a pattern with `*` in its name: then the newest one is taken. */
  path: fields.text.refine((path) => !/[*?[]/.test(folderOf(path)), 'may have a * in the name of the file only'),
  /** SHA256:… as `ssh-keygen -l` shows it; without it nothing is sent, but the words of the failure say what it is. */
  hostKey: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'must look like SHA256: and 43 characters; a test of the feed shows it')
    .optional(),
  /** How a file is known to be complete: it no longer grows, or a file of the same name and `.done` lies beside it. */
  complete: z.enum(['stable', 'done-file']).default('stable'),
  /** How long a file must stay as it is. */
  stableSeconds: z.number().min(0.1).max(600).default(10),
  timeoutSeconds: fields.timeoutSeconds,
  timeoutMinutes: fields.timeoutMinutes,
  maxMegabytes: fields.maxMegabytes,
});

export type SftpSettings = z.output<typeof schema> & {
  readonly password: string | undefined;
  readonly privateKey: string | undefined;
  readonly passphrase: string | undefined;
};

/** Reads what a feed of kind sftp was set up with; throws Fault `config_invalid`. */
export function readSftpSettings(feed: FeedSettings): SftpSettings {
  const settings = readSettings(feed, schema);
  demandReachable(settings.host, 'any');
  const { password, privateKey, passphrase } = readSecrets(feed, [], ['password', 'privateKey', 'passphrase']);
  if (!password && !privateKey) {
    throw new Fault('config_invalid', 'this feed of kind sftp needs secrets.password or secrets.privateKey');
  }
  if (privateKey) demandKey(privateKey, passphrase);
  return { ...settings, password, privateKey, passphrase };
}

/** The folder of a path, '' where it has none. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function demandKey(privateKey: string, passphrase: string | undefined): void {
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  if (!(parsed instanceof Error)) return;
  const mend = 'give it as OpenSSH or PEM, with secrets.passphrase where it has one';
  throw new Fault('config_invalid', `secrets.privateKey cannot be read: ${mend}`, { cause: parsed });
}
