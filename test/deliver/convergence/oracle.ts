import type { Policy } from '../../../src/model/policy.ts';
import type { Play } from './play.ts';
import type { Entry, Kept } from './target.ts';
import type { Said } from './world.ts';

/*
 * What must hold, said plainly and without the planner: by what the source said last, by the policy, and by the target's
 * own record of who did what.
 */

type LinkRow = { personId: string; remoteId: string | null; state: string; origin: string };
type HeldRow = { personId: string; losses: string[] };
type Facts = {
  links: LinkRow[];
  /** Losses that wait for a human, or were given up. */
  held: HeldRow[];
  dead: Map<string, string>;
  /** People with an action of which nobody knows how it ended. */
  started: string[];
  adopted: Set<string>;
  /** Grants (account and group) and suspensions (account) that we began: whether it was we or they, nobody knows. */
  began: Set<string>;
};

const DAY = 86_400;

async function factsOf({ db, world }: Play): Promise<Facts> {
  const { rows } = await db.raw(
    `select (select coalesce(json_agg(json_build_object('personId', person_id, 'remoteId', remote_id, 'state', state,
                     'origin', origin)), '[]') from links where tenant_id = :tenant) as links,
            (select coalesce(json_agg(json_build_object('personId', person_id, 'losses', losses)), '[]')
               from hold_items where tenant_id = :tenant and state in ('held', 'discarded')) as held,
            (select coalesce(json_agg(json_build_array(subject_id, last_error)), '[]')
               from work_item where tenant_id = :tenant and state = 'dead') as dead,
            (select coalesce(json_agg(person_id), '[]') from actions where tenant_id = :tenant and state = 'started') as started,
            (select coalesce(json_agg(detail->>'remoteId'), '[]')
               from actions where tenant_id = :tenant and kind = 'adopt') as adopted,
            (select coalesce(json_agg(concat_ws(' ', detail->>'remoteId', detail->>'group')), '[]')
               from actions where tenant_id = :tenant and kind in ('grant', 'suspend')) as began`,
    { tenant: world.scope.tenantId },
  );
  const { links, held, dead, started, adopted, began } = rows[0];
  return { links, held, dead: new Map(dead), started, adopted: new Set(adopted), began: new Set(began) };
}

/** What is wrong once the work has come to rest; `looked`: everybody was looked at since they last did anything. */
export async function faultsAtRest(play: Play, looked: boolean): Promise<string[]> {
  const facts = await factsOf(play);
  const faults = [...play.stage.broken, ...safety(play, facts)];
  if (!play.world.enabled) return faults;
  for (const link of facts.links) faults.push(...linkFaults(play, facts, link, looked));
  for (const { personId, losses } of facts.held) faults.push(...deliveredThoughHeld(play, facts, personId, losses));
  if (looked) faults.push(...orphans(play, facts), ...unlinked(play, facts), ...givenUp(play, facts));
  const resting = facts.started.filter(
    (id) => !facts.dead.has(id) && !facts.held.some(({ personId }) => personId === id),
  );
  if (looked) faults.push(...resting.map((id) => `${id}: an action is recorded as started for ever`));
  return faults;
}

/** What must not happen at any time. */
function safety({ target, guarded, world }: Play, { adopted, began }: Facts): string[] {
  const faults: string[] = [];
  target.log.forEach((entry, index) => {
    if (entry.who !== 'us' || !entry.changed) return;
    const before = target.log.slice(0, index).filter(({ remoteId }) => remoteId === entry.remoteId);
    const strange = entry.what !== 'invite' && !before.some(({ who, what }) => who === 'us' && what === 'invite');
    if (strange && !adopted.has(entry.remoteId)) faults.push(`${told(entry)}, though we had not linked that account`);
    if (entry.what === 'revoke' && !began.has(`${entry.remoteId} ${entry.group}`))
      faults.push(`${told(entry)}, which we had not granted`);
    if (entry.what === 'resume' && !began.has(entry.remoteId))
      faults.push(`${told(entry)}, which we had not suspended`);
  });
  const lost = new Set(target.log.filter(isLoss).map(({ person }) => person));
  if (guarded && target.clock < 3_600 && lost.size > 1) faults.push(`${lost.size} people lost access within an hour`);
  if (!world.everEnabled && target.log.some(({ who }) => who === 'us')) faults.push('something left too early');
  return faults;
}

function isLoss({ who, what, changed }: Entry): boolean {
  return who === 'us' && changed && ['suspend', 'erase', 'anonymise', 'revoke'].includes(what);
}

function linkFaults(play: Play, { held, dead }: Facts, link: LinkRow, looked: boolean): string[] {
  const said = play.world.everybody.get(link.personId);
  if (!said || !link.remoteId || dead.has(said.id)) return [];
  if (held.some(({ personId }) => personId === said.id)) return [];
  if (!looked && touched(play, link.remoteId)) return [];
  const account = play.target.accounts.get(link.remoteId);
  const words = said.status === 'active' ? stayFault(play, said, account) : leaveFault(play, said, link, account);
  return words ? [`${said.id} (${said.status}) at ${link.remoteId}: ${words}`] : [];
}

/** They did something there, and nobody was marked: only another look would show it. */
function touched({ target }: Play, id: string): boolean {
  return target.log.some(({ who, remoteId }) => who === 'they' && remoteId === id);
}

function stayFault(play: Play, said: Said, account: Kept | undefined): string | null {
  if (!account) return 'has no account';
  const log = play.target.log.filter(({ remoteId }) => remoteId === account.remoteId);
  if (account.status === 'suspended') {
    return log.findLast(({ what, changed }) => what === 'suspend' && changed)?.who === 'they' ? null : 'is suspended';
  }
  if (account.email.toLowerCase() !== said.email.toLowerCase()) return `has the address ${account.email}`;
  for (const [name, value] of Object.entries(said.attributes)) {
    const last = log.findLast(({ attributes = {} }) => name in attributes);
    const theirs = value === null && last?.who === 'they';
    if ((account.attributes[name] || null) !== value && !theirs) return `has the ${name} ${account.attributes[name]}`;
  }
  return groupFault(play, said, account, log);
}

function groupFault({ world }: Play, said: Said, account: Kept, log: Entry[]): string | null {
  const wanted = new Set(
    [...world.groups.values()].filter(({ members }) => members.has(said.id)).map(({ name }) => name),
  );
  for (const name of wanted) if (!account.groups.has(name)) return `is not in ${name}`;
  for (const name of account.groups) {
    const grants = log.filter(({ what, group }) => group === name && (what === 'grant' || what === 'revoke'));
    const ours = grants.findLast(({ who }) => who === 'us');
    const theirs = grants.some(({ who, what, changed }) => who === 'they' && what === 'grant' && changed);
    if (!wanted.has(name) && ours?.what === 'grant' && !theirs) return `is still in ${name}`;
  }
  return null;
}

function leaveFault(play: Play, said: Said, link: LinkRow, account: Kept | undefined): string | null {
  const { policy } = play.world;
  const onLeave = said.status === 'deleted' ? policy.onDelete : policy.onDeactivate;
  if (onLeave === 'ignore' || !account) return null;
  if (account.anonymous) return 'is anonymous, and still linked';
  if (policy.suspendScope === 'active' && account.status === 'invited' && link.origin === 'invited')
    return 'still has an open invitation';
  if (onLeave === 'erase') return 'still has an account';
  if (account.status !== 'suspended') return `is ${account.status}`;
  const last = play.target.log.findLast(
    ({ remoteId, what, changed }) => remoteId === account.remoteId && what === 'suspend' && changed,
  );
  if (last?.who === 'us' && account.signedIn) return 'is suspended, and still signed in';
  return graceIsOver(play, policy, onLeave, account) ? 'still has an account, after the grace' : null;
}

function graceIsOver({ target }: Play, policy: Policy, onLeave: string, account: Kept): boolean {
  if (onLeave !== 'suspend-then-erase' || policy.erasureMode === 'keep') return false;
  const last = target.log.findLast(
    (one) => one.remoteId === account.remoteId && one.who === 'us' && one.what === 'suspend',
  );
  // an hour to spare for the work of the end of a grace itself
  return last !== undefined && target.clock - last.at > policy.graceDays * DAY + 3_600;
}

function deliveredThoughHeld({ target, world }: Play, { links }: Facts, personId: string, losses: string[]): string[] {
  const link = links.find((one) => one.personId === personId);
  const account = target.accounts.get(link?.remoteId ?? '');
  if (!link || !account || world.policy.guard === 'off') return [];
  const log = target.log.filter(({ remoteId, changed }) => changed && remoteId === account.remoteId);
  return losses.flatMap((loss) => {
    const [kind, name = ''] = [loss.split(' ')[0], loss.slice(loss.indexOf(' ') + 1)];
    const suspendedByUs = log.findLast(({ what }) => what === 'suspend' || what === 'resume');
    const done =
      (kind === 'suspend' && account.status === 'suspended' && suspendedByUs?.who === 'us') ||
      (kind === 'revoke' && !account.groups.has(name)) ||
      (kind === 'e-mail' && account.email.toLowerCase() === name.toLowerCase());
    return done ? [`${personId}: ${loss} is held, and has been delivered`] : [];
  });
}

function orphans({ target }: Play, { links }: Facts): string[] {
  const linked = new Set(links.map(({ remoteId }) => remoteId));
  const lost = [...target.accounts.values()].filter(
    ({ madeBy, anonymous, remoteId }) => madeBy === 'us' && !anonymous && !linked.has(remoteId),
  );
  return lost.map(({ remoteId, email }) => `${remoteId} (${email}) is of our making and linked to nobody`);
}

function unlinked({ world, target }: Play, { links, dead }: Facts): string[] {
  const byPerson = new Map(links.map((link) => [link.personId, link]));
  const taken = new Set(links.map(({ remoteId }) => remoteId));
  return [...world.everybody.values()].flatMap((said) => {
    if (said.status !== 'active' || dead.has(said.id) || byPerson.get(said.id)?.remoteId) return [];
    const there = target.withEmail(said.email);
    if (there && taken.has(there.remoteId)) return [];
    if (there && world.policy.adoptExisting === 'ask') return [];
    if (!there && world.policy.invite === 'manual') return [];
    return [`${said.id}: ${there ? 'was not given the account that is there' : 'was not invited'}`];
  });
}

/** Nobody is given up on but for a reason that only a human can mend. */
function givenUp({ world, target }: Play, { dead, links }: Facts): string[] {
  return [...dead].flatMap(([personId, error]) => {
    const said = world.everybody.get(personId);
    const own = links.find((link) => link.personId === personId)?.remoteId;
    const other = said && target.withEmail(said.email);
    return other && other.remoteId !== own ? [] : [`${personId} was given up: ${error}`];
  });
}

function told({ what, remoteId, group }: Entry): string {
  return `we did ${what} ${remoteId} ${group ?? ''}`.trim();
}
