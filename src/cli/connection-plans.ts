import { printable } from './text-width.ts';

type Entry = { userName: string | null; email: string | null; fate: string; label: string | null };
type Column = { count: number; first: Entry[] };
type AtTarget = {
  name: string;
  basis: 'list' | 'sample';
  people: number;
  both: Column;
  targetOnly: Column | null;
  sourceOnly: Column;
};
export type FirstPlanView = { connection: { name: string; state: string }; targets: AtTarget[] };
export type DisconnectView = {
  connection: { name: string; state: string };
  neverInvited: number;
  policy: { accepted: string; pending: string; neverInvited: string };
  targets: { name: string; basis: string; keep: number; suspend: number; revoke: number; pending: number }[];
};

/** What becomes of a person, in words; a fate of a later server is shown as it is. */
const FATES: Readonly<Record<string, string>> = {
  linked: 'linked',
  adopt: 'will be linked',
  ask_adopt: 'has an account; the policy asks before adopting it',
  ambiguous: 'several accounts carry this e-mail',
  suspended_by_target: 'suspended in the app itself',
  invite: 'will be invited',
  staged: 'staged: invited by hand',
  account_taken: 'the account belongs to somebody else here',
  missing_email: 'no e-mail address',
  out_of_scope: 'the mapping’s scope leaves them out',
  mapping_failed: 'the mapping cannot be worked out',
};

/** The three columns of each target; with `names` also who is in them. */
export function firstPlanLines({ connection, targets }: FirstPlanView, names: boolean): string[] {
  if (targets.length === 0) return [`no target follows ${printable(connection.name)}`];
  return targets.flatMap((target) => atTarget(target, names)).map(printable);
}

function atTarget({ name, basis, people, both, targetOnly, sourceOnly }: AtTarget, names: boolean): string[] {
  const sample =
    basis === 'sample' ? [`  this target cannot be listed: the first ${people} people were looked up`] : [];
  return [
    `at ${name}`,
    ...sample,
    `  in both       ${both.count}`,
    ...(names ? entries(both) : []),
    `  target only   ${targetOnly ? `${targetOnly.count} (never touched)` : 'cannot be known'}`,
    ...(names && targetOnly ? entries(targetOnly) : []),
    `  source only   ${sourceOnly.count}${sourceOnly.count ? ` (${fates(sourceOnly)})` : ''}`,
    ...(names ? entries(sourceOnly) : []),
  ];
}

function entries({ count, first }: Column): string[] {
  const lines = first.map(({ userName, email, fate, label }) => {
    const what = label ?? FATES[fate];
    return `    ${userName ?? email ?? '-'}${what ? `: ${what}${fate === 'adopt' ? ' (new link)' : ''}` : ''}`;
  });
  return count > first.length ? [...lines, `    and ${count - first.length} more`] : lines;
}

/** What awaits those who are named; the rest is only counted. */
function fates({ first }: Column): string {
  return [...new Set(first.map(({ fate }) => FATES[fate] ?? fate))].join(', ');
}

/** What disconnecting would do, target by target. */
export function disconnectLines({ connection, policy, neverInvited, targets }: DisconnectView): string[] {
  const lines = targets.flatMap(({ name, basis, keep, suspend, revoke, pending }) => [
    `at ${name}${basis === 'links' ? ' (as last seen: it cannot be listed)' : ''}`,
    `  accounts that stay as they are        ${keep}`,
    ...(suspend ? [`  accounts that are suspended           ${suspend}`] : []),
    `  pending invitations that are revoked  ${revoke} of ${pending}`,
  ]);
  const stays = policy.neverInvited === 'erase' ? 'leave the directory' : 'stay in the directory';
  const people = `people without an account who ${stays}: ${neverInvited}`;
  return [`disconnecting ${connection.name}`, ...lines, people].map(printable);
}
