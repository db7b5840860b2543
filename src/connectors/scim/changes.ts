import { Fault } from '../../errors.ts';
import type { DesiredAccount } from '../../model/account.ts';
import type { Connector } from '../connector.ts';
import { type Client, pathOf, plain } from './client.ts';
import { versionOf } from './groups.ts';
import { equals, patchOf, type Resource, readList, readResource } from './messages.ts';
import type { createProvider } from './provider.ts';
import type { Reader } from './reader.ts';
import type { ScimSettings } from './settings.ts';
import { changedUser, newUser, patchBetween, writable } from './user.ts';

export type Changes = Pick<Connector, 'invite' | 'update' | 'suspend' | 'resume' | 'erase'>;

/** The writes to one account. */
export function createChanges(
  settings: ScimSettings,
  request: Client,
  provider: ReturnType<typeof createProvider>,
  reader: Reader,
): Changes {
  const { host } = settings.base;

  /** Reads the User, changes it, and writes what differs. False when it is gone. */
  const change = async (
    asked: string,
    id: string,
    signal: AbortSignal,
    changed: (user: Resource) => Resource,
  ): Promise<boolean> => {
    const before = await reader.resource(id, signal);
    if (!before) return false;
    const after = changed(before);
    const operations = patchBetween(before, after);
    if (operations.length === 0) return true;
    const ask = { asked, path: pathOf('/Users', id), answers: ['missing'] };
    const { patch, etag } = await provider.known(signal);
    const reply = patch
      ? await request({ ...ask, method: 'PATCH', body: patchOf(operations) }, signal)
      : await request(
          { ...ask, method: 'PUT', body: writable(after), version: etag ? versionOf(before) : undefined },
          signal,
        );
    return reply.outcome !== 'missing';
  };

  const setActive = async (asked: string, id: string, signal: AbortSignal, active: boolean): Promise<boolean> => {
    if (!(await provider.known(signal)).patch) return change(asked, id, signal, (user) => ({ ...user, active }));
    const body = patchOf([{ op: 'replace', path: 'active', value: active }]);
    const ask = { asked, method: 'PATCH', path: pathOf('/Users', id), body, answers: ['missing'] } as const;
    return (await request(ask, signal)).outcome !== 'missing';
  };

  const demand = (asked: string, there: boolean) => {
    if (!there) throw new Fault('target_refused', `${host}: ${asked}: the account is gone`);
  };

  // RFC 7644 section 3.3: 409 says only that something unique is taken, mostly the user name
  const explain = async ({ email, attributes }: DesiredAccount, signal: AbortSignal): Promise<Fault> => {
    if ((await reader.search(email, signal)).length > 0) return taken(host);
    for (const name of ['userName', 'externalId'] as const) {
      const value = attributes[name];
      if (!value || !settings.attributes.includes(name)) continue;
      const query = { filter: equals(name, plain(value, name)) };
      const ask = { asked: 'search', method: 'GET', path: '/Users', query, answers: ['invalidFilter'] } as const;
      const { outcome, body } = await request(ask, signal);
      const owner = outcome === 'ok' ? readList(body).resources[0] : undefined;
      if (owner)
        return refused(host, `the account ${readResource(owner).id} has this ${name} and another e-mail address`);
    }
    return refused(host, 'something unique of this account is taken, and it is neither the e-mail nor the userName');
  };

  return {
    invite: async (account, { signal }) => {
      // only the user name is unique in SCIM: a second account for one address would be made without a word
      if ((await reader.search(account.email, signal)).length > 0) throw taken(host);
      const body = writable(newUser(account, settings));
      const ask = { asked: 'invite', method: 'POST', path: '/Users', body, answers: ['conflict'] } as const;
      const reply = await request(ask, signal);
      if (reply.outcome === 'conflict') throw await explain(account, signal);
      return { remoteId: readResource(reply.body).id };
    },
    update: async (id, update, { signal }) => {
      demand('update', await change('update', id, signal, (user) => changedUser(user, update, settings)));
    },
    suspend: async (id, { signal }) => {
      await setActive('suspend', id, signal, false);
    },
    resume: async (id, { signal }) => {
      demand('resume', await setActive('resume', id, signal, true));
    },
    erase: async (id, { signal }) => {
      await request({ asked: 'erase', method: 'DELETE', path: pathOf('/Users', id), answers: ['missing'] }, signal);
    },
  };
}

function taken(host: string): Fault {
  return new Fault('account_exists', `${host}: an account with this e-mail exists`);
}

function refused(host: string, words: string): Fault {
  return new Fault('target_refused', `${host}: ${words}`);
}
