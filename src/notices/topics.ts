import type { Happening } from '../model/notice.ts';

/** Where a notice is explained, and the command that goes on from it. */
export type Help = { readonly topic: string; readonly command: string };

/** The part of the documentation that a notice belongs to, and what to type; names are put in quotes for the shell. */
export function helpFor(happening: Happening, connection: string | null): Help {
  const { kind, detail } = happening;
  const of = quoted(connection ?? 'NAME');
  switch (kind) {
    case 'roster_accepted':
      return { topic: 'docs/rosters.md#what-a-roster-changes', command: `gangway run show ${detail.runId}` };
    case 'roster_partly':
      return {
        topic: 'docs/rosters.md#rows-that-are-not-taken',
        command: `gangway roster errors ${detail.runId} --out errors.csv`,
      };
    case 'roster_refused':
      return { topic: 'docs/rosters.md#files-that-are-refused', command: `gangway run show ${detail.runId}` };
    case 'roster_held':
      return {
        topic: 'docs/rosters.md#files-that-are-held',
        command: `gangway roster release ${detail.runId} --as YOUR-NAME`,
      };
    case 'roster_failed':
      return { topic: 'docs/rosters.md#uploading', command: `gangway run show ${detail.runId}` };
    case 'roster_overdue':
      return {
        topic: 'docs/notices.md#a-roster-that-is-overdue',
        command: `gangway roster push FILE --connection ${of}`,
      };
    case 'guard_held':
      return {
        topic: 'docs/operations.md#when-many-people-would-lose-access',
        command: `gangway hold show ${detail.holdId}`,
      };
    case 'reconcile_alarm':
      return { topic: 'docs/operations.md#drift-and-reconcile', command: `gangway run show ${detail.runId}` };
    case 'target_down':
      return { topic: 'docs/notices.md#an-app-that-is-down', command: 'gangway target list' };
    case 'token_expiring':
    case 'token_expired':
      return { topic: 'docs/scim.md#tokens-and-oauth', command: `gangway token add ${of}` };
    case 'waiting':
      return { topic: 'docs/operations.md#operate-it-from-a-terminal', command: 'gangway person list --state waiting' };
    case 'weekly':
      return { topic: 'docs/notices.md#the-weekly-digest', command: `gangway connection show ${of}` };
    case 'events_paused':
      return {
        topic: 'docs/events.md#when-a-receiver-fails',
        command: `gangway events stream resume ${quoted(detail.name)}`,
      };
    default:
      return happening satisfies never;
  }
}

/** A name as a shell takes it. */
export function quoted(name: string): string {
  return /^[\w.@-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
