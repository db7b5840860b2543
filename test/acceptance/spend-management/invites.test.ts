import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { eventually, settled } from '../../support/gangway.ts';
import { linkIn, type MailServer, startMailServer } from '../../support/mail-server.ts';
import { accountOf, becomes, type Company, company, done, PATIENT } from '../company.ts';

/*
 * What the article of the preset `spend-management` says of inviting people. The app is the sandbox, described so that it
 * keeps an account's entity as its department and the access as its title.
 */

const ENTITIES = ['Acme GmbH', 'Acme Ltd'];
const ACCESS = ['Card', 'Card and expenses', 'Expenses only'];

let mail: MailServer;
let at: Company;
beforeAll(async () => {
  mail = await startMailServer();
  at = await company('spend-management', {
    policy: { inviteChannel: ['email'] },
    environment: { GANGWAY_SMTP_URL: mail.url, GANGWAY_MAIL_FROM: 'Acme IT <it@acme.example>' },
  });
  const { gangway, hr } = at;
  const { body } = await done(gangway.admin('POST', '/targets', { ...spending(), name: 'spending' }));
  await done(gangway.admin('DELETE', `/connections/${hr.id}/targets/${gangway.targetId}`));
  await done(gangway.admin('PUT', `/connections/${hr.id}/targets/${body['id']}`));
});
afterAll(async () => {
  await at?.stop();
  await mail?.stop();
});

function spending() {
  const { running } = at.gangway;
  const description = parse(readFileSync('examples/targets/sandbox.yaml', 'utf8'));
  const { title: _t, department: _d, ...attributes } = description.account.attributes;
  description.account.attributes = { ...attributes, entity: 'item.department', access: 'item.title' };
  description.extensionAttributes = ['entity', 'access'];
  for (const name of ['invite', 'update']) {
    const { title: _title, department: _department, ...body } = description.operations[name].body;
    const chosen = { department: '{{ attributes.entity }}', title: '{{ attributes.access }}' };
    description.operations[name].body = { ...body, ...chosen };
  }
  const settings = { url: `${running.origin}/sandbox`, description, entities: ENTITIES, access: ACCESS };
  return { kind: 'rest', settings, secrets: { key: running.vault.derive('sandbox') } };
}

type Result = { result: string; code?: string; detail?: string };
const invite = async (people: string[], wish: object = {}) => {
  const { body } = await done(at.gangway.admin('POST', '/invites/batch', { people, ...wish }));
  return body['results'] as Result[];
};
const ready = async () => {
  const { body } = await at.gangway.admin('GET', `/people?state=staged&connection=${at.hr.id}&limit=1000`);
  return (body['people'] as { email: string }[]).map(({ email }) => email);
};
const mailsTo = (name: string) => mail.mails.filter(({ to }) => to.includes(`${name}@example.com`));
const stateOf = async (id: string) => {
  const { invites } = (await at.gangway.admin('GET', '/invites?limit=1000')).body as {
    invites: { personId: string; state: string }[];
  };
  return invites.find(({ personId }) => personId === id)?.state;
};

test('S58: who is in the HR system alone is on the list of people to add', PATIENT, async () => {
  await at.hr.hire('ada', { displayName: 'Ada' });
  await settled(at.gangway.db);
  expect(await ready()).toContain('ada@example.com');
  expect(mailsTo('ada')).toEqual([]);
});

test('S59: pick people and invite them; each has an answer of their own', PATIENT, async () => {
  const bea = await at.hr.hire('bea');
  await at.hr.hire('bob');
  await at.hr.hire('bix');
  const people = [bea, 'bob@example.com', 'nobody@example.com'];
  const results = await invite(people, { entity: 'Acme Ltd' });
  expect(results.map(({ result }) => result)).toEqual(['inviting', 'inviting', 'refused']);
  for (const name of ['bea', 'bob']) await becomes(at, name, ({ status }) => status === 'invited');
  expect(await accountOf(at, 'bix')).toBeUndefined();
  const list = await ready();
  expect(list).toContain('bix@example.com');
  expect(list).not.toContain('bea@example.com');
});

describe('S60: with several entities, the one to add somebody to is chosen', () => {
  test('without a choice nobody is invited, and the answer lists them', PATIENT, async () => {
    const id = await at.hr.hire('cay');
    const [refused] = await invite([id]);
    expect(refused).toMatchObject({ result: 'refused', code: 'entity_required' });
    for (const entity of ENTITIES) expect(refused?.detail).toContain(entity);
    expect((await invite([id], { entity: 'Acme SA' }))[0]).toMatchObject({ code: 'config_invalid' });
    await settled(at.gangway.db);
    expect(await accountOf(at, 'cay')).toBeUndefined();
    expect(await ready()).toContain('cay@example.com');
  });

  test('the account is of the entity that was chosen, and stays so when the person changes', PATIENT, async () => {
    const id = await at.hr.hire('cem');
    await invite([id], { entity: 'Acme GmbH' });
    await becomes(at, 'cem', ({ department }) => department === 'Acme GmbH');
    await at.hr.say(id, 'displayName', 'Cem C.');
    await settled(at.gangway.db);
    expect(await accountOf(at, 'cem')).toMatchObject({ department: 'Acme GmbH', display_name: 'Cem C.' });
  });
});

describe('S61: what somebody may spend by is chosen with the invite', () => {
  test.for(ACCESS.map((access, index) => [`d${index}`, access] as const))('%s: %s', PATIENT, async ([name, access]) => {
    const id = await at.hr.hire(name);
    await invite([id], { entity: 'Acme Ltd', access });
    await becomes(at, name, ({ title }) => title === access);
  });

  test('something that the app does not offer is refused, and the answer lists what it does', PATIENT, async () => {
    const [refused] = await invite([await at.hr.hire('dot')], { entity: 'Acme Ltd', access: 'Everything' });
    expect(refused).toMatchObject({ result: 'refused', code: 'config_invalid' });
    expect(refused?.detail).toContain('Expenses only');
  });
});

describe('S62: invited people get an e-mail, and have to accept', () => {
  test('one mail; looking at its page accepts nothing, the button does', PATIENT, async () => {
    const id = await at.hr.hire('eva');
    await invite([id], { entity: 'Acme Ltd' });
    const one = await eventually('eva has a mail', async () => mailsTo('eva')[0]);
    await eventually('it is known to be sent', async () => (await stateOf(id)) === 'sent');
    expect((await fetch(linkIn(one))).status).toBe(200);
    expect(await stateOf(id)).toBe('sent');
    expect((await fetch(linkIn(one), { method: 'POST' })).status).toBe(200);
    expect(await stateOf(id)).toBe('accepted');
    await settled(at.gangway.db);
    expect(mailsTo('eva')).toHaveLength(1);
  });

  test('who leaves before accepting cannot accept any more', PATIENT, async () => {
    const id = await at.hr.hire('eli');
    await invite([id], { entity: 'Acme Ltd' });
    const one = await eventually('eli has a mail', async () => mailsTo('eli')[0]);
    await at.hr.say(id, 'active', false);
    await eventually('the invite is revoked', async () => (await stateOf(id)) === 'revoked');
    expect((await fetch(linkIn(one), { method: 'POST' })).status).toBe(410);
    await becomes(at, 'eli', ({ status }) => status === 'suspended');
  });
});
