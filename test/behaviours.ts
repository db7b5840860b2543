import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every behaviour by its number, in a few words. */
export const BEHAVIOURS: readonly { id: string; words: string }[] = [
  { id: 'S1', words: 'nobody types in people: the app follows the company' },
  { id: 'S2', words: 'first connect, then enable' },
  { id: 'S3', words: 'people are matched on the work e-mail' },
  { id: 'S4', words: 'every match is followed, however it was invited' },
  { id: 'S5', words: 'accounts are compared every few hours' },
  { id: 'S6', words: 'profiles are kept accurate; nothing is sent when nothing changed' },
  { id: 'S7', words: 'only mapped data leaves; manager and department are among it' },
  { id: 'S8', words: 'who is deactivated loses access' },
  { id: 'S9', words: 'cards are frozen as well' },
  { id: 'S10', words: 'only connections made by an admin take access away' },
  { id: 'S11', words: 'a profile page says whether it is synced' },
  { id: 'S12', words: 'managing people and managing integrations are separate rights' },
  { id: 'S13', words: 'a banner leads to the open step of the set-up' },
  { id: 'S14', words: 'enabling shows the first plan' },
  { id: 'S15', words: 'connected but not enabled: nothing is invited or sent' },
  { id: 'S16', words: 'edits by hand are overridden' },
  { id: 'S17', words: 'only active accounts are suspended' },
  { id: 'S18', words: 'a deleted record is not a deactivation' },
  { id: 'S19', words: 'what may be missing, by system and connection' },
  { id: 'S20', words: 'a list of the supported systems' },
  { id: 'S21', words: 'English and German' },
  { id: 'S22', words: 'matching on any address; ambiguous is never a guess' },
  { id: 'S23', words: 'a removed record takes access away, cards stay' },
  { id: 'S24', words: 'manager and team as mapped' },
  { id: 'S25', words: 'any SCIM client works' },
  { id: 'S26', words: 'help can be searched' },
  { id: 'S27', words: 'rosters by REST and by a console app' },
  { id: 'S28', words: 'REST is fully automated' },
  { id: 'S29', words: 'the console app needs no IT' },
  { id: 'S30', words: 'enabling locks managed fields' },
  { id: 'S31', words: 'managed data is changed at the source only' },
  { id: 'S32', words: 'some data always stays manual' },
  { id: 'S33', words: 'each cycle sends the whole roster' },
  { id: 'S34', words: 'who is missing from the roster has left' },
  { id: 'S35', words: 'newly inactive people are erased in the next cycle' },
  { id: 'S36', words: 'technical users' },
  { id: 'S37', words: 'keys are shown once, hashed, two live ones' },
  { id: 'S38', words: 'error files' },
  { id: 'S39', words: 'notices by e-mail' },
  { id: 'S40', words: 'a test system cannot reach live targets' },
  { id: 'S41', words: 'XML employee file' },
  { id: 'S42', words: 'XML position file' },
  { id: 'S43', words: 'a script uploads nightly' },
  { id: 'S44', words: 'CSV employee file' },
  { id: 'S45', words: 'the console app on a server or workstation' },
  { id: 'S46', words: 'a CSV pushed on a rhythm' },
  { id: 'S47', words: 'feedback on help pages' },
  { id: 'S48', words: 'features by plan of the customer' },
  { id: 'S49', words: 'the grant is checked when connecting' },
  { id: 'S50', words: 'new people are known, and have no access until invited' },
  { id: 'S51', words: 'removed or deactivated: access goes' },
  { id: 'S52', words: 'a wizard to connect' },
  { id: 'S53', words: 'guides per system with one’s own addresses' },
  { id: 'S54', words: 'the first plan in three columns' },
  { id: 'S55', words: 'label “added via”; revoked when removed' },
  { id: 'S56', words: 'accounts of the app alone are never touched' },
  { id: 'S57', words: 'an equal e-mail links an account' },
  { id: 'S58', words: 'ready to invite' },
  { id: 'S59', words: 'pick people and invite them' },
  { id: 'S60', words: 'choose the entity' },
  { id: 'S61', words: 'choose the access' },
  { id: 'S62', words: 'an e-mail that must be accepted' },
  { id: 'S63', words: 'disconnect: who accepted stays' },
  { id: 'S64', words: 'disconnect: who was never invited leaves' },
  { id: 'S65', words: 'disconnect: pending invitations' },
  { id: 'S66', words: 'invited on the first day' },
  { id: 'S67', words: 'a move opens the new place first' },
  { id: 'S68', words: 'leavers lose access at once' },
  { id: 'S69', words: 'records are compared periodically and turned into actions' },
  { id: 'S70', words: 'organisational data of one’s own' },
  { id: 'S71', words: 'mapping rules' },
  { id: 'S72', words: 'invited by e-mail' },
  { id: 'S73', words: 'invited by SMS' },
  { id: 'S74', words: 'printable invites' },
  { id: 'S75', words: 'changed data: profile and memberships follow' },
  { id: 'S76', words: 'absent: erased or anonymised' },
  { id: 'S77', words: 'suspended for 30 days, recoverable' },
  { id: 'S78', words: 'memberships by hand are kept' },
  { id: 'S79', words: 'managed memberships cannot be removed by hand' },
  { id: 'S80', words: 'the primary unit comes from the source' },
  { id: 'S81', words: 'exact match, near misses are suggested' },
  { id: 'S82', words: 'reports of who could not be processed' },
  { id: 'S83', words: 'advice and a weekly digest' },
  { id: 'S84', words: 'made for many people' },
  { id: 'S85', words: 'preferences belong to the tenant' },
];

/** The names of tests and of rows of their tables that mention each behaviour, with their files. */
export function testsByBehaviour(folder: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.test.ts')) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, name = ''] of text.matchAll(
      /(?:test|describe|name:)(?:\.for[^(]*\([\s\S]*?\]\))?[( ]\s*['`"]([^\n]*)['`"]/g,
    )) {
      for (const id of numbersIn(name)) found.set(id, [...(found.get(id) ?? []), `${file}: ${name}`]);
    }
  }
  return found;
}

/** `S63–S65` stands for all three. */
function numbersIn(name: string): string[] {
  const ids: string[] = [];
  for (const [, first, last] of name.matchAll(/\bS(\d{1,2})(?:[–-]S(\d{1,2}))?\b/g)) {
    for (let number = Number(first); number <= Number(last ?? first); number += 1) ids.push(`S${number}`);
  }
  return ids;
}
