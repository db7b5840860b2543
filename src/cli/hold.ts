import type { Command } from 'commander';
import { Fault } from '../errors.ts';
import type { Api } from './api.ts';
import { apiCommand, collect, group } from './command.ts';
import { table, when } from './print.ts';

type Hold = {
  id: string;
  state: string;
  reason: string;
  target: { name: string };
  connection: { name: string };
  people: Record<'held' | 'released' | 'discarded' | 'done' | 'left' | 'approved', number>;
  createdAt: string;
  decidedBy: string | null;
};
type Member = { id: string; userName: string; state: string; losses: string[]; approvedBy: string | null };
type Shown = Hold & { members: Member[] };
type Decided = Hold & { decided: number; awaitSecond: number };
type DecideOptions = { as: string; person?: string[] };

/** `gangway hold`: losses of access that wait for a human. */
export function holdCommand(): Command {
  return group('hold', 'losses of access that wait for a human', [
    apiCommand('list', 'show all holds, the open ones first', async (api) => {
      const { holds } = await api.call<{ holds: Hold[] }>('GET', '/holds');
      const rows = holds.map(({ id, state, connection, target, people, createdAt, reason }) => [
        state,
        String(people.held),
        connection.name,
        target.name,
        when(createdAt),
        reason,
        id,
      ]);
      const headings = ['STATE', 'WAITING', 'CONNECTION', 'TARGET', 'SINCE', 'WHY', 'ID'];
      return { data: holds, lines: table(headings, rows, 'nothing was ever held') };
    }),
    apiCommand('show <id>', 'show a hold and its people', async (api, [id = '']) => {
      const hold = await show(api, id);
      const rows = hold.members.map(({ userName, state, losses, approvedBy }) => [
        userName,
        state,
        losses.join(', '),
        approvedBy,
      ]);
      const head = [`${hold.connection.name} at ${hold.target.name}: ${hold.state}`, hold.reason, ''];
      const people = table(['USERNAME', 'STATE', 'LOSES', 'APPROVED BY'], rows, 'nobody is in it');
      return { data: hold, lines: [...head, ...people] };
    }),
    decideCommand('release', 'let the losses through, of everybody or of some', 'will lose access now'),
    decideCommand(
      'discard',
      'give the losses up, of everybody or of some',
      'keep access until the source says something new',
    ),
  ]);
}

function decideCommand(kind: 'release' | 'discard', description: string, effect: string): Command {
  return apiCommand<DecideOptions>(`${kind} <id>`, description, async (api, [id = ''], { as, person }) => {
    const people = person && (await idsOf(api, id, person));
    const path = `/holds/${encodeURIComponent(id)}/${kind}`;
    const decided = await api.call<Decided>('POST', path, { actor: as, ...(people && { people }) });
    const lines = decided.decided || !decided.awaitSecond ? [`${decided.decided} people ${effect}`] : [];
    if (decided.awaitSecond) {
      lines.push(`${decided.awaitSecond} people are approved; somebody else must release them too: ${decided.reason}`);
    }
    lines.push(`hold ${id} is ${decided.state}; ${decided.people.held} people wait in it`);
    return { data: decided, lines };
  })
    .requiredOption('--as <name>', 'who answers for it; large holds need two different names to release')
    .option('--person <userName>', 'this one only (or by id); several times', collect);
}

async function show(api: Api, id: string): Promise<Shown> {
  return api.call<Shown>('GET', `/holds/${encodeURIComponent(id)}`);
}

async function idsOf(api: Api, holdId: string, named: string[]): Promise<string[]> {
  const { members } = await show(api, holdId);
  return named.map((one) => {
    const found = members.find(
      ({ id, userName, state }) => state === 'held' && (id === one || userName.toLowerCase() === one.toLowerCase()),
    );
    if (!found) throw new Fault('not_found', `nobody with the userName "${one}" is held here`);
    return found.id;
  });
}
