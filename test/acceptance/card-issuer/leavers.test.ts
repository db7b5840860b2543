import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patchOp, settled } from '../../support/gangway.ts';
import { reconcileNow } from '../../support/runs.ts';
import {
  accept,
  accountOf,
  becomes,
  type Company,
  company,
  delivered,
  done,
  PATIENT,
  standing,
  why,
  works,
} from '../company.ts';

/* What the article of the preset `card-issuer` says of people who leave. The app's cards and sessions are listed. */

let at: Company;
beforeAll(async () => {
  const settings = { effects: 'end sessions, freeze cards' };
  at = await company('card-issuer', { target: { kind: 'sandbox', settings, secrets: {} } });
});
afterAll(() => at?.stop());

describe('S8: who is deactivated at the source loses access, whether archived or terminated', () => {
  test.for([
    ['ada', 'by one attribute', { op: 'replace', path: 'active', value: false }],
    ['ali', 'without a path', { op: 'replace', value: { active: false } }],
    ['amy', 'as text, as some send it', { op: 'Replace', path: 'active', value: 'False' }],
  ] as const)('%s: %s', PATIENT, async ([name, , operation]) => {
    const id = await works(at, name);
    await done(at.hr.scim('PATCH', `/Users/${id}`, patchOp(operation)));
    const account = await becomes(at, name, ({ status }) => status === 'suspended');
    expect(account.sessions).toBe(0);
  });
});

test('S9: payment cards are frozen with the account, and giving it back unfreezes none', PATIENT, async () => {
  const id = await works(at, 'bob');
  expect(await accountOf(at, 'bob')).toMatchObject({ cards: 'usable' });
  await at.hr.say(id, 'active', false);
  await becomes(at, 'bob', ({ status, cards }) => status === 'suspended' && cards === 'frozen');
  expect((await delivered(at, id)).slice(-3)).toEqual(['suspend', 'end sessions', 'freeze cards']);
  await at.hr.say(id, 'active', true);
  await becomes(at, 'bob', ({ status, cards }) => status === 'active' && cards === 'frozen');
});

test('S10: a connection that a mere user of the HR software made takes nobody’s access away', PATIENT, async () => {
  const mere = await at.connect('mere user', { policy: { grantedBy: 'user' } });
  const id = await works(at, 'cat', {}, mere);
  await mere.say(id, 'title', 'Head');
  await becomes(at, 'cat', ({ title }) => title === 'Head');
  await mere.say(id, 'active', false);
  expect(await why(at, id)).toMatchObject({ actions: [], waiting: expect.stringContaining('mere user') });
  expect(await accountOf(at, 'cat')).toMatchObject({ status: 'active', cards: 'usable' });
});

test('S19: what does not work is listed, by app and by how the connection was made', PATIENT, async () => {
  const mere = await at.connect('mere user again', { policy: { grantedBy: 'user' } });
  type Abilities = { targets: { abilities: { ability: string; able: boolean; why: string | null }[] }[] };
  const missing = async (source: typeof mere) => {
    const { targets } = (await done(source.ask('GET', '/capabilities'))).body as Abilities;
    return targets[0]?.abilities.filter(({ able }) => !able).map(({ ability }) => ability);
  };
  expect(await missing(at.hr)).toEqual(['anonymise']);
  expect(await missing(mere)).toEqual(['suspend leavers', 'erase', 'anonymise']);
});

describe('S17: only members who are active in the app are suspended', () => {
  test('an invitation of ours that nobody accepted is withdrawn instead', PATIENT, async () => {
    const id = await at.hr.hire('dee');
    await done(at.gangway.admin('POST', `/people/${id}/invite`));
    await becomes(at, 'dee', ({ status }) => status === 'invited');
    await at.hr.say(id, 'active', false);
    await settled(at.gangway.db);
    expect(await accountOf(at, 'dee')).toBeUndefined();
    expect(await delivered(at, id)).toEqual(['invite', 'erase']);
  });

  test('one that was accepted is suspended', PATIENT, async () => {
    const id = await at.hr.hire('don');
    await done(at.gangway.admin('POST', `/people/${id}/invite`));
    await becomes(at, 'don', ({ status }) => status === 'invited');
    await accept(at, 'don');
    await at.hr.say(id, 'active', false);
    await becomes(at, 'don', ({ status }) => status === 'suspended');
    expect(await delivered(at, id)).toEqual(['invite', 'suspend', 'end sessions', 'freeze cards']);
  });
});

describe('S18: a record that is deleted altogether is no deactivation', () => {
  test('the account stays as it is, now and after the next comparison', PATIENT, async () => {
    const id = await works(at, 'eve');
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    await settled(at.gangway.db);
    await reconcileNow(at.gangway);
    expect(await accountOf(at, 'eve')).toMatchObject({ status: 'active', cards: 'usable' });
    expect(await delivered(at, id)).not.toContain('suspend');
  });

  test('an operator can see why: the source has nobody for the account any more', PATIENT, async () => {
    const id = await works(at, 'edo');
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    expect((await why(at, id)).waiting).toContain('the policy leaves the account as it is');
    expect(await standing(at, id)).toMatchObject({ syncState: 'synced' });
  });

  test('who is sent again afterwards gets the same account, not a second one', PATIENT, async () => {
    const id = await works(at, 'eno');
    const before = await accountOf(at, 'eno');
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    const again = await at.hr.hire('eno', { title: 'Back' });
    expect(again).not.toBe(id);
    expect(await becomes(at, 'eno', ({ title }) => title === 'Back')).toMatchObject({ id: before?.id });
  });
});
