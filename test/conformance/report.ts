import type { Profile } from '../../src/model/connection.ts';
import type { Outcome, Result } from './outcome.ts';
import type { Requirement, Rfc } from './requirement.ts';

export type Judged = { readonly requirement: Requirement; readonly outcomes: readonly Outcome[] };

export const REPORTED: readonly Profile[] = ['rfc', 'okta', 'entra', 'generic'];
const RESULTS: readonly Result[] = ['pass', 'fail', 'differs', 'n/a'];
const RFCS: readonly Rfc[] = [7643, 7644, 9865];

/** docs/conformance.md: the numbers, what fails, where the lenient profiles differ, then everything. */
export function markdown(judged: readonly Judged[]): string {
  return `${[
    '# Conformance',
    '',
    ...introduction(judged),
    '',
    '## Summary',
    '',
    ...summary(judged),
    ...notes('What fails', judged, 'fail', 'Nothing fails.'),
    ...notes('Where lenient profiles differ on purpose', judged, 'differs', 'Nowhere.'),
    ...RFCS.flatMap((rfc) => chapter(rfc, judged)),
  ].join('\n')}\n`;
}

function introduction(judged: readonly Judged[]): string[] {
  return [
    `What RFC 7643 (schemas), RFC 7644 (protocol) and RFC 9865 (cursors) ask of a service provider, in ${judged.length}`,
    'requirements in our own words, and what Gangway does, by profile of the connection. `npm run conformance` writes this',
    'page: it plays the requests of each check against a running endpoint. SHALL and REQUIRED count as MUST, RECOMMENDED',
    'as SHOULD; so does a definition that a client has to rely on, such as what an operator means, as MUST.',
    '',
    '*pass*: the check ran and held. *fail*: it ran and did not hold. *differs*: a lenient profile does otherwise, because',
    'the clients that it is for need that. *n/a*: nothing to check here, with the reason.',
  ];
}

function summary(judged: readonly Judged[]): string[] {
  const rows = RFCS.flatMap((rfc) => REPORTED.map((profile) => [rfc, profile, counted(judged, rfc, profile)] as const));
  return [
    '| RFC | profile | MUST: pass | fail | differs | SHOULD: pass | fail | differs | n/a |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map(([rfc, profile, counts]) => `| ${rfc} | ${profile} | ${counts.join(' | ')} |`),
    '',
  ];
}

function counted(judged: readonly Judged[], rfc: Rfc, profile: Profile): number[] {
  const count = (result: Result, word?: string) =>
    judged.filter(
      ({ requirement, outcomes }) =>
        requirement.rfc === rfc &&
        (!word || requirement.level.startsWith(word)) &&
        outcomes.some((outcome) => outcome.profile === profile && outcome.result === result),
    ).length;
  const checked = RESULTS.filter((result) => result !== 'n/a');
  return [...['MUST', 'SHOULD'].flatMap((word) => checked.map((result) => count(result, word))), count('n/a')];
}

function notes(title: string, judged: readonly Judged[], result: Result, nothing: string): string[] {
  const lines = judged.flatMap(({ requirement: { id, rfc, section, level, text }, outcomes }) => {
    const found = outcomes.filter((outcome) => outcome.result === result);
    if (!found[0]) return [];
    const profiles = found.map(({ profile }) => profile).join(', ');
    return [
      `- **${id}** (RFC ${rfc} ${section}, ${level}): ${text}. In ${profiles}: ${cut(plain(found[0].why ?? ''))}`,
    ];
  });
  return [`## ${title}`, '', ...(lines.length ? lines : [nothing]), ''];
}

function chapter(rfc: Rfc, judged: readonly Judged[]): string[] {
  const rows = judged
    .filter(({ requirement }) => requirement.rfc === rfc)
    .toSorted((left, right) => bySection(left.requirement.section, right.requirement.section))
    .map(({ requirement: { id, section, level, text }, outcomes }) => {
      const results = REPORTED.map((profile) => outcomes.find((outcome) => outcome.profile === profile)?.result ?? '');
      const reason = results[0] === 'n/a' ? ` (${outcomes[0]?.why})` : '';
      return `| ${section} | ${id} | ${level} | ${text}${reason} | ${results.join(' | ')} |`;
    });
  return [
    `## RFC ${rfc}`,
    '',
    `| section | id | level | requirement | ${REPORTED.join(' | ')} |`,
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ];
}

function bySection(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}

/** A test server's port and random ids would change the page at each run. */
function plain(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, 'gangway.example.com')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '…')
    .replace(/-[0-9a-f]{8}\b/g, '-…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')
    .replace(/Cursor":"[\w-]+/g, 'Cursor":"…')
    .replaceAll('|', '\\|');
}

function cut(text: string): string {
  return text.length > 320 ? `${text.slice(0, 320)}…` : text;
}
