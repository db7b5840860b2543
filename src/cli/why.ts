import type { Command } from 'commander';
import { Fault } from '../errors.ts';
import type { Api } from './api.ts';
import { apiCommand } from './command.ts';
import { type AtTarget, explain, type Person } from './why-words.ts';

/** `gangway why`: what the source said of a person, what became of it, and what waits for what. */
export function whyCommand(): Command {
  return apiCommand(
    'why <userName>',
    'tell what happened to a person, and what waits for what',
    async (api, [name = '']) => {
      const { people } = await api.call<{ people: Person[] }>(
        'GET',
        `/people?${new URLSearchParams({ userName: name })}`,
      );
      if (people.length === 0) throw new Fault('not_found', `no connection knows anybody with the userName "${name}"`);
      const known = await Promise.all(people.map((person) => withTargets(api, person)));
      return { data: known, lines: known.flatMap(explain) };
    },
  );
}

async function withTargets(api: Api, person: Person): Promise<Person & { targets: AtTarget[] }> {
  return { ...person, ...(await api.call<{ targets: AtTarget[] }>('GET', `/people/${person.id}/plan`)) };
}
