import { expect, test } from 'vitest';
import type { ActualAccount } from '../../src/model/account.ts';
import type { Link } from '../../src/model/link.ts';
import { type OnDisconnect, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { NO_SIDE_EFFECTS } from '../../src/model/side-effect.ts';
import { KEEP_ALL, planParting } from '../../src/plan/parting.ts';
import type { Observed } from '../../src/plan/plan.ts';

const recommended = RECOMMENDED_POLICY.onDisconnect;
const strict: OnDisconnect = { accepted: 'suspend', pending: 'revoke', neverInvited: 'erase' };
const able = { read: true, suspend: true, erase: true, effects: NO_SIDE_EFFECTS };
const invited: ActualAccount = { remoteId: 'r1', email: 'a@b.c', attributes: {}, groups: [], status: 'invited' };
const active: ActualAccount = { ...invited, status: 'active' };
const suspended: ActualAccount = { ...invited, status: 'suspended' };
const link: Link = {
  remoteId: 'r1',
  state: 'invited',
  origin: 'invited',
  applied: {},
  granted: [],
  suspendedAt: null,
  pendingEffects: [],
};
const adopted: Link = { ...link, origin: 'adopted' };
const inviting: Link = { ...link, remoteId: null, state: 'inviting' };
const see = (own: Link | null, actual: ActualAccount | null, found: ActualAccount[] = []): Observed => ({
  link: own,
  actual,
  found,
  taken: false,
});

test.for([
  { name: 'S63: who accepted stays', seen: see(link, active), policy: recommended, kinds: [] },
  { name: 'S63: who accepted is suspended if so decided', seen: see(link, active), policy: strict, kinds: ['suspend'] },
  { name: 'who is suspended already is left alone', seen: see(link, suspended), policy: strict, kinds: [] },
  { name: 'S65: a pending invitation is revoked', seen: see(link, invited), policy: recommended, kinds: ['erase'] },
  { name: 'S65: or kept', seen: see(link, invited), policy: KEEP_ALL, kinds: [] },
  { name: 'an invitation that others sent is theirs', seen: see(adopted, invited), policy: strict, kinds: [] },
  {
    name: 'an unanswered invite is found first',
    seen: see(inviting, null, [invited]),
    policy: strict,
    kinds: ['adopt'],
  },
  { name: 'of several none is taken', seen: see(inviting, null, [invited, active]), policy: strict, kinds: [] },
  { name: 'an invite that made nothing needs nothing', seen: see(inviting, null), policy: strict, kinds: [] },
  { name: 'an account that is gone needs nothing', seen: see(link, null), policy: strict, kinds: [] },
  { name: 'without a link nothing is touched', seen: see(null, null, [invited]), policy: strict, kinds: [] },
])('$name', ({ seen, policy, kinds }) => {
  expect(planParting(seen, policy, able).map(({ kind }) => kind)).toEqual(kinds);
});

test.for([
  { name: 'a target that cannot erase keeps pending invitations', abilities: { ...able, erase: false } },
  { name: 'an app that cannot be read does not say who is pending', abilities: { ...able, read: false } },
])('$name', ({ abilities }) => {
  expect(planParting(see(link, invited), strict, abilities)).toEqual([]);
});
