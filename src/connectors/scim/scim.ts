import { Fault } from '../../errors.ts';
import { NO_SIDE_EFFECTS } from '../../model/side-effect.ts';
import type { Call, Connector, TargetSettings } from '../connector.ts';
import { createChanges } from './changes.ts';
import { createClient } from './client.ts';
import { createMembers, scimGroups } from './groups.ts';
import { createMemberships } from './memberships.ts';
import { readList } from './messages.ts';
import { createProvider } from './provider.ts';
import { createReader } from './reader.ts';
import { readScimSettings } from './settings.ts';

/** The connector for an app that is a SCIM 2.0 server itself. */
export function scimConnector(target: TargetSettings, options: { now?: () => number } = {}): Connector {
  const settings = readScimSettings(target);
  const request = createClient(settings);
  const provider = createProvider(request);
  const reader = createReader(settings, request, provider, createMemberships(settings, request));
  const groups = scimGroups(settings, request, options.now ?? Date.now);
  const members = createMembers(settings, request, provider);
  const changes = createChanges(settings, request, provider, reader);

  const demandGroups = () => {
    if (!settings.groups) throw new Fault('target_refused', `${settings.base.host}: groups are switched off`);
  };

  return {
    capabilities: {
      attributes: settings.attributes.filter((name) => name !== 'userName' || settings.userFilter !== 'userName'),
      groups: settings.groups,
      suspend: true,
      erase: true,
      list: true,
      anonymise: false, // SCIM knows no such thing; what to overwrite would differ by server
      read: true,
      effects: NO_SIDE_EFFECTS,
    },
    check: async (signal) => {
      provider.forget();
      await provider.known(signal); // some servers answer this one without a token
      const ask = { asked: 'check', method: 'GET', path: '/Users', query: { count: '1' } } as const;
      readList((await request(ask, signal)).body);
    },
    find: reader.find,
    search: reader.search,
    list: reader.list,
    ...changes,
    effect: async (_id, { name }) => {
      throw new Fault('target_refused', `${settings.base.host}: a SCIM server knows no side effect "${name}"`);
    },
    anonymise: async () => {
      throw new Fault('target_refused', `${settings.base.host}: a SCIM server cannot anonymise`);
    },
    grant: async (id, group, call: Call) => {
      demandGroups();
      await groups.grant(group, call, (found) => members(found.id, { kind: 'add', id }, call.signal));
    },
    revoke: async (id, group, call: Call) => {
      demandGroups();
      await groups.revoke(group, call, (found) => members(found.id, { kind: 'remove', id }, call.signal));
    },
  };
}
