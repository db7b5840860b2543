export type Entry = {
  id: string;
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
};

/** Where the pages of a subject are, by the first word of the action. */
const PLACES: Readonly<Record<string, string>> = {
  person: '/people/',
  account: '/people/',
  membership: '/people/',
  connection: '/connections/',
  feed: '/connections/',
  target: '/targets/',
  hold: '/holds/',
  roster: '/runs/',
  plan: '/plans/',
  operator: '/settings/operators/',
  'technical-user': '/settings/technical-users/',
};
/** What came to its end with the act has no page any more. */
const ENDED = ['target.remove', 'operator.remove', 'technical-user.revoke'];

/**
 * The page of what an entry is about, below those of the tenant; null where it has none.
 *
 *   the entry is about        its page
 *   something with a page     that page
 *   a token, an OAuth client  its connection's
 *   an API key                its technical user's
 *   an extension, the policy  the settings of all of them
 *   what was removed by it    none
 */
export function pageOfSubject({ action, subject, detail }: Entry, tenantId: string): string | null {
  const [kind = ''] = action.split('.');
  if (ENDED.includes(action)) return null;
  if (action === 'invite.print') return `/connections/${subject}`;
  if (action === 'tenant.policy') return '/settings/policy';
  if (kind === 'extension') return '/settings/extensions';
  if (kind === 'notice-list') return subject === tenantId ? '/settings/notices' : `/connections/${subject}/notices`;
  const [holder, place] =
    kind === 'key' ? [detail['technicalUser'], PLACES['technical-user']] : [detail['connection'], PLACES['connection']];
  if (['key', 'token', 'client'].includes(kind)) return typeof holder === 'string' ? `${place}${holder}` : null;
  const found = PLACES[kind];
  return found === undefined ? null : found + encodeURIComponent(subject);
}
