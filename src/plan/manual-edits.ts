import type { ActualAccount, Attributes, DesiredAccount } from '../model/account.ts';
import type { Link } from '../model/link.ts';
import type { ManualEdit, ManualEdits } from '../model/policy.ts';

/** What an update would write, of which some may be left as others made it. */
type Change = { readonly email: string; readonly attributes: Attributes };

/** How values of one attribute that others have changed are dealt with; `email` is the address. */
export function modeOf(name: string, modes: ManualEdits): ManualEdit {
  if (typeof modes === 'string') return modes;
  const own = Object.hasOwn(modes, name) ? modes[name] : undefined;
  return own ?? modes['default'] ?? 'override';
}

/**
 * What is left of a change when values that others have edited at the target are dealt with as the policy says. An
 * address that is left alone is the target's own; `edited` are the attributes that a human is asked about.
 *
 *   mode             our last write there   the source since            the target shows    then
 *   override, lock   any                    any                         any                 write
 *   preserve, ask    not confirmed          any                         any                 write: it may be our own
 *   preserve, ask    any                    says something else         any                 write: the source wins
 *   preserve, ask    any                    says the same               any                 leave; ask says so
 *   preserve, ask    never                  never known to have said    nothing             write: nobody's edit is lost
 *   preserve, ask    never                  never known to have said    something           leave; ask says so
 *
 * What the target does not show is written: nobody can have been seen to edit it.
 */
export function afterManualEdits(
  wanted: Change,
  actual: ActualAccount,
  applied: Link['applied'],
  modes: ManualEdits,
): Change & { edited: string[] } {
  const left = (name: string, value: string | null, shown: string | null) =>
    leaves(modeOf(name, modes)) && isEdited(value, shown, lastWrite(name, applied), applied.source?.[name]);
  const moved = wanted.email.toLowerCase() !== actual.email.toLowerCase();
  const keepsEmail = moved && left('email', wanted.email.toLowerCase(), actual.email.toLowerCase());
  const kept = Object.entries(wanted.attributes).flatMap(([name, value]) => {
    const shown = actual.attributes[name];
    return shown !== undefined && left(name, value, shown) ? [name] : [];
  });
  const attributes = Object.fromEntries(Object.entries(wanted.attributes).filter(([name]) => !kept.includes(name)));
  const edited = [...(keepsEmail ? ['email'] : []), ...kept].filter((name) => modeOf(name, modes) === 'ask');
  return { email: keepsEmail ? actual.email : wanted.email, attributes, edited };
}

/** What the source says of everything that the policy lets others edit, to be remembered; null where it lets nothing. */
export function sourceToRemember({ email, attributes }: DesiredAccount, modes: ManualEdits): Attributes | null {
  const said = { ...attributes, email: email.toLowerCase() };
  const kept = Object.entries(said).filter(([name]) => leaves(modeOf(name, modes)));
  return kept.length > 0 ? Object.fromEntries(kept) : null;
}

function leaves(mode: ManualEdit): boolean {
  return mode === 'preserve' || mode === 'ask';
}

/** False for a write that was not confirmed, undefined where there was none. */
function lastWrite(name: string, { told }: Link['applied']): string | null | false | undefined {
  if (name !== 'email') return told?.attributes?.[name];
  const email = told?.email;
  return email === null ? false : email?.toLowerCase();
}

function isEdited(
  value: string | null,
  shown: string | null,
  written: string | null | false | undefined,
  source: string | null | undefined,
): boolean {
  if (written === false) return false;
  const before = source === undefined ? written : source;
  return before === undefined ? Boolean(shown) : (before || null) === (value || null);
}
