import { emailOf } from '../model/email.ts';
import type { Resource } from '../model/person.ts';
import { type Step, stepLine, tellingSteps } from './mapping-words.ts';
import { when } from './print.ts';
import { printable } from './text-width.ts';

export type Person = {
  id: string;
  userName: string;
  active: boolean;
  deleted: boolean;
  absent: boolean;
  said: Resource;
  groups: string[];
  modifiedAt: string;
  connection: { name: string; state: string };
  links: { targetId: string; settledAt: string | null }[];
  work: { targetId: string; state: string; attempts: number; nextAt: string; lastError: string | null }[];
  actions: { targetId: string; state: string; summary: string; answer: string | null; createdAt: string }[];
};
export type AtTarget = {
  targetId: string;
  name: string;
  link: { remoteId: string | null; state: string; origin: string } | null;
  actual: { email: string; status: string; groups: string[] } | null;
  actions: string[];
  waiting: string | null;
  lookAgainAt: string | null;
  found: { remoteId: string; status: string }[];
  mapped: { steps: Step[] } | null;
  problem: string | null;
};

const ACTIONS_SHOWN = 8;

/** One person's story in lines of plain words. */
export function explain(person: Person & { targets: AtTarget[] }): string[] {
  const lines = [person.userName, `  ${said(person)}`, `  ${connected(person.connection)}`];
  if (person.targets.length === 0) lines.push('  no target follows this connection');
  for (const target of person.targets) lines.push(...atTarget(person, target));
  return [...lines.map(printable), ''];
}

function said({ said, active, deleted, absent, groups, modifiedAt, connection }: Person): string {
  const status = deleted ? 'deleted' : absent ? 'missing from the roster' : active ? 'active' : 'deactivated';
  const email = emailOf(said);
  const facts = [said['displayName'], said['title'], email ?? 'no e-mail address'].filter(
    (fact) => typeof fact === 'string' && fact !== '',
  );
  const membership = groups.length ? `; in ${groups.join(', ')}` : '';
  return `${connection.name} said ${when(modifiedAt)}: ${status}; ${facts.join(', ')}${membership}`;
}

function connected({ name, state }: Person['connection']): string {
  if (state === 'enabled') return `connection ${name} is enabled`;
  if (state === 'disconnected')
    return `connection ${name} is disconnected: \`gangway connection connect ${name}\` takes it back`;
  return `connection ${name} is ${state}: nothing leaves until \`gangway connection enable ${name}\``;
}

function atTarget(person: Person, target: AtTarget): string[] {
  const settled = person.links.find(({ targetId }) => targetId === target.targetId)?.settledAt;
  const done = person.actions.filter(({ targetId }) => targetId === target.targetId);
  return [
    `  at ${target.name}`,
    `    ${linked(target)}${settled ? `, settled ${when(settled)}` : ''}`,
    ...waits(person, target).map((line) => `    ${line}`),
    ...tellingSteps(target.mapped?.steps ?? []).map((step) => `    mapping: ${stepLine(step)}`),
    ...done.slice(0, ACTIONS_SHOWN).map((action) => `    ${delivered(action)}`),
    ...(done.length > ACTIONS_SHOWN ? [`    and ${done.length - ACTIONS_SHOWN} more before`] : []),
  ];
}

function linked({ link, actual }: AtTarget): string {
  if (!link) return 'no account is linked';
  if (link.state === 'inviting') return 'an invitation was sent and its answer did not come';
  if (!link.remoteId) return 'the account was erased';
  const shows = actual ? `, which is ${actual.status}` : '';
  return `linked to account ${link.remoteId}${shows} (${link.origin === 'adopted' ? 'adopted' : 'made by Gangway'})`;
}

function waits(person: Person, { targetId, actions, waiting, lookAgainAt, found, problem }: AtTarget): string[] {
  const work = person.work.find((item) => item.targetId === targetId);
  const lines: string[] = [];
  if (problem) lines.push(`cannot be asked now: ${problem}`);
  if (waiting) lines.push(`waits: ${waiting}${lookAgainAt ? ` (${when(lookAgainAt)}: ${lookAgainAt})` : ''}`);
  if (waiting && found.length)
    lines.push(`found: ${found.map(({ remoteId, status }) => `${remoteId}, which is ${status}`).join('; ')}`);
  if (actions.length)
    lines.push(`${person.connection.state === 'enabled' ? 'is to come' : 'once enabled'}: ${actions.join('; ')}`);
  if (work?.state === 'dead') {
    lines.push(`given up after ${work.attempts} tries until something changes: ${work.lastError ?? 'no words'}`);
  } else if (work?.lastError) {
    lines.push(`tries again ${when(work.nextAt)}, ${work.attempts} tries so far: ${work.lastError}`);
  }
  if (lines.length === 0) lines.push('as it should be; nothing waits');
  return lines;
}

function delivered({ createdAt, summary, state, answer }: Person['actions'][number]): string {
  const outcome = state === 'done' ? '' : ` (${state}${answer ? `: ${answer}` : ''})`;
  return `${when(createdAt)}: ${summary}${outcome}`;
}
