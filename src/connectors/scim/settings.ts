import { z } from 'zod';
import { Fault } from '../../errors.ts';
import { ATTRIBUTES } from '../attributes.ts';
import type { TargetSettings } from '../connector.ts';
import { httpUrl } from '../http/url.ts';
import { attributeNames, flag, limits, number, offer, readSettings } from '../settings.ts';

const schema = z.strictObject({
  /** The SCIM base URL, the one that ends before `/Users`. */
  url: z.string(),
  /**
   * What is sent and kept up to date. The manager is not by default: the source's id for a manager means nothing to
   * another server, and many refuse an id that they do not know.
   */
  attributes: attributeNames.default(() => ATTRIBUTES.filter((name) => name !== 'manager')),
  /**
   * How accounts are found by e-mail. `auto` asks for `emails.value` and `userName`, and reads everybody where the
   * server cannot filter by e-mail; `userName` says that the user name is the e-mail address here.
   */
  userFilter: z.enum(['auto', 'userName', 'scan']).default('auto'),
  groups: flag.default(true),
  /** Whether a group that is missing is made. */
  createGroups: flag.default(true),
  /**
   * Where an account's groups are read: its own `groups`, a filter over all groups, or, for a server that has neither,
   * all groups with their members.
   */
  memberships: z.enum(['user', 'members.value', 'members', 'scan']).default('user'),
  /** Members that one PATCH may carry. */
  membersAtOnce: number.int().max(1000).default(100),
  pageSize: number.int().max(1000).default(100),
  ...limits,
  ...offer,
});

/** What can be set, by name. */
export const SCIM_SETTINGS = schema.shape;

export type ScimSettings = z.output<typeof schema> & { readonly base: URL; readonly token: string };

/** Reads what a target of kind `scim` was set up with; throws Fault `config_invalid`. */
export function readScimSettings(target: TargetSettings): ScimSettings {
  const settings = readSettings('scim', schema, target);
  const token = target.secrets['token'] ?? '';
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Fault('config_invalid', 'a target of kind scim needs the secret token, without spaces or line breaks');
  }
  return { ...settings, base: httpUrl(settings.url, 'settings.url'), token };
}
