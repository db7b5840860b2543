import type { Command } from 'commander';
import { apiCommand } from './command.ts';
import { findPerson } from './find-person.ts';

type Which = { connection?: string; as?: string };
type Done = { id: string; userName: string; targetIds: string[] };

/** `gangway person recover` and `follow`: set aside what the source says of somebody, and let it count again. */
export function recoverCommands(): Command[] {
  return [
    stand(
      'recover <email>',
      'give a suspended account back though the person has left; holds until the source says something new',
      'recover',
      (userName) => `${userName} gets the account back`,
    ),
    stand(
      'follow <email>',
      'let the source count again for somebody who was recovered or undone',
      'follow',
      (userName) => `the source counts again for ${userName}`,
    ),
  ];
}

function stand(usage: string, description: string, act: string, words: (userName: string) => string): Command {
  return apiCommand<Which>(usage, description, async (api, [email = ''], { connection, as = 'operator' }) => {
    const { id } = await findPerson(api, email, connection);
    const done = await api.call<Done>('POST', `/people/${id}/${act}`, { actor: as });
    return { data: done, lines: [words(done.userName)] };
  })
    .option('--connection <name>', 'the person of this connection')
    .option('--as <name>', 'who answers for it (default: operator)');
}
