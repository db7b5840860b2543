import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, settled } from '../../support/gangway.ts';
import { reconcileNow } from '../../support/runs.ts';
import {
  accept,
  accountOf,
  becomes,
  type Company,
  company,
  delivered,
  done,
  madeAtApp,
  PATIENT,
  standing,
  why,
  works,
  writes,
} from '../company.ts';

/* What the article of the preset `spend-management` says of syncing, of leavers, and of disconnecting. */

let at: Company;
beforeAll(async () => {
  at = await company('spend-management');
});
afterAll(() => at?.stop());

describe('S50: new employees are added by themselves, and have no access until somebody invites them', () => {
  test('the app hears nothing of who joins; Gangway lists them', PATIENT, async () => {
    const before = await writes(at);
    const id = await at.hr.hire('ada');
    await settled(at.gangway.db);
    expect(await accountOf(at, 'ada')).toBeUndefined();
    expect(await writes(at)).toBe(before);
    expect(await standing(at, id)).toMatchObject({ syncState: 'staged' });
    const { body } = await at.gangway.admin('GET', `/people?state=staged&connection=${at.hr.id}`);
    expect(body['people']).toContainEqual(expect.objectContaining({ id, email: 'ada@example.com', dueAt: null }));
  });

  test('who leaves before being invited is gone from that list, and the app never knew', PATIENT, async () => {
    const id = await at.hr.hire('ali');
    await at.hr.say(id, 'active', false);
    await settled(at.gangway.db);
    const { body } = await at.gangway.admin('GET', `/people?state=staged&connection=${at.hr.id}`);
    expect(body['people']).not.toContainEqual(expect.objectContaining({ id }));
    expect(await delivered(at, id)).toEqual([]);
  });
});

describe('S51: access ends when somebody is removed or deactivated in the HR system', () => {
  test('deactivated', PATIENT, async () => {
    const id = await works(at, 'bea');
    await at.hr.say(id, 'active', false);
    await becomes(at, 'bea', ({ status }) => status === 'suspended');
  });

  test('removed: revoked, and the data stays for whoever keeps the books', PATIENT, async () => {
    const id = await works(at, 'bob', { title: 'Buyer' });
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    expect(await becomes(at, 'bob', ({ status }) => status === 'suspended')).toMatchObject({ title: 'Buyer' });
  });

  test('invited and not accepted yet: the invitation is worth nothing any more', PATIENT, async () => {
    const id = await at.hr.hire('bix');
    await done(at.gangway.admin('POST', `/people/${id}/invite`));
    await becomes(at, 'bix', ({ status }) => status === 'invited');
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    await becomes(at, 'bix', ({ status }) => status === 'suspended');
    await accept(at, 'bix');
    expect(await accountOf(at, 'bix')).toMatchObject({ status: 'suspended' });
  });
});

describe('once set up, people of the app and of the HR system are brought together', () => {
  type Column = { count: number; first: { email: string; fate: string; label: string | null }[] };
  type Columns = { both: Column; targetOnly: Column; sourceOnly: Column };

  test('S54: who is in both, in the app only, in the HR system only', PATIENT, async () => {
    const fresh = await at.connect('Example HR', { enabled: false });
    await madeAtApp(at, 'cay');
    await madeAtApp(at, 'cem');
    await fresh.hire('cay');
    await fresh.hire('cid');
    const { targets } = (await done(fresh.ask('GET', '/first-plan'))).body as { targets: Columns[] };
    expect(targets[0]?.both).toMatchObject({ count: 1, first: [{ email: 'cay@example.com', fate: 'adopt' }] });
    expect(targets[0]?.both.first[0]?.label).toBe('added via Example HR');
    expect(targets[0]?.sourceOnly).toMatchObject({ first: [{ email: 'cid@example.com', fate: 'staged' }] });
    expect(targets[0]?.targetOnly.first.map(({ email }) => email)).toContain('cem@example.com');
  });

  test('S55: in both: labelled with where they come from, and revoked when removed there', PATIENT, async () => {
    const id = await works(at, 'dan');
    expect(await standing(at, id)).toMatchObject({ label: 'added via idp' });
    expect((await why(at, id)).link).toMatchObject({ origin: 'adopted' });
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    await becomes(at, 'dan', ({ status }) => status === 'suspended');
  });

  test('S56: in the app only: they stay, whatever happens here, and go by hand alone', PATIENT, async () => {
    const own = await madeAtApp(at, 'eva', { title: 'Own' });
    const before = await accountOf(at, 'eva');
    const busy = await works(at, 'eve');
    await done(at.hr.scim('DELETE', `/Users/${busy}`));
    await reconcileNow(at.gangway);
    expect(await accountOf(at, 'eva')).toEqual(before);
    await done(at.gangway.sandbox('DELETE', `/users/${own.id}`));
    await reconcileNow(at.gangway);
    expect(await accountOf(at, 'eva')).toBeUndefined();
  });

  describe('S57: an account of the app alone is connected once both have the same e-mail address', () => {
    test('when the HR system changes it', PATIENT, async () => {
      const own = await madeAtApp(at, 'fay@home.example', { title: 'Own' });
      const id = await at.hr.hire('fay', { title: 'Buyer' });
      await settled(at.gangway.db);
      expect(await accountOf(at, 'fay@home.example')).toMatchObject({ title: 'Own' });
      await at.hr.say(id, 'emails', [{ value: 'Fay@Home.example', type: 'work', primary: true }]);
      await becomes(at, 'fay@home.example', ({ title }) => title === 'Buyer');
      expect((await why(at, id)).link).toMatchObject({ remoteId: own.id, origin: 'adopted' });
    });

    test('when the app changes it', PATIENT, async () => {
      const own = await madeAtApp(at, 'finn@home.example');
      const id = await at.hr.hire('finn', { title: 'Buyer' });
      await settled(at.gangway.db);
      await done(at.gangway.sandbox('PATCH', `/users/${own.id}`, { email: 'Finn@example.com' }));
      expect((await reconcileNow(at.gangway)).counts).toMatchObject({ matched: 1 });
      await becomes(at, 'finn', ({ title }) => title === 'Buyer');
      expect((await why(at, id)).link).toMatchObject({ remoteId: own.id, origin: 'adopted' });
    });

    test('the primary address counts where there is no work address', PATIENT, async () => {
      const own = await madeAtApp(at, 'flo@home.example');
      const id = await at.hr.hire('flo', {
        emails: [
          { value: 'flo@other.example', type: 'other' },
          { value: 'flo@home.example', type: 'home', primary: true },
        ],
      });
      expect((await why(at, id)).link).toMatchObject({ remoteId: own.id });
    });

    test('where the policy asks first, a run marks nobody, and the account waits for an answer', PATIENT, async () => {
      const asking = await at.connect('asking', { policy: { adoptExisting: 'ask' } });
      const id = await asking.hire('fox', { title: 'Buyer' });
      await settled(at.gangway.db);
      await madeAtApp(at, 'fox', { title: 'Own' });
      const { runs } = (await done(asking.ask('POST', '/reconcile', {}))).body as { runs: { id: string }[] };
      const run = await eventually('the run has ended', async () => {
        const { body } = await at.gangway.admin('GET', `/runs/${runs[0]?.id}`);
        return body['finishedAt'] ? body : null;
      });
      expect(run['counts']).toMatchObject({ matched: 0 });
      expect(await why(at, id)).toMatchObject({ link: null, waiting: expect.stringContaining('asks before adopting') });
      expect(await accountOf(at, 'fox')).toMatchObject({ title: 'Own' });
    });
  });
});

describe('disconnecting the HR system', { shuffle: false }, () => {
  test('S63–S65: who accepted stays, who never was invited leaves, what is pending ends', PATIENT, async () => {
    const ending = await at.connect('ending');
    const stays = await ending.hire('gil');
    const pending = await ending.hire('gus');
    const never = await ending.hire('gwen');
    await done(at.gangway.admin('POST', '/invites/batch', { people: [stays, pending] }));
    await becomes(at, 'gil', ({ status }) => status === 'invited');
    await becomes(at, 'gus', ({ status }) => status === 'invited');
    await accept(at, 'gil');
    await madeAtApp(at, 'gabe');

    const preview = await done(ending.ask('POST', '/disconnect?preview=true'));
    expect(preview.body).toMatchObject({ neverInvited: 1, targets: [{ keep: 1, revoke: 1, suspend: 0 }] });
    await done(ending.ask('POST', '/disconnect'));
    await eventually('the pending invitation is gone', async () => !(await accountOf(at, 'gus')));
    await settled(at.gangway.db);
    expect(await accountOf(at, 'gil')).toMatchObject({ status: 'active' });
    expect(await accountOf(at, 'gabe')).toMatchObject({ status: 'active' });
    expect(await standing(at, stays)).toMatchObject({ syncState: 'manual', label: null });
    const { body } = await at.gangway.admin('GET', '/people?userName=gwen@example.com');
    expect(body['people']).toEqual([]);
    expect((await at.gangway.admin('GET', `/people/${never}`)).body).toMatchObject({ deleted: true });
  });

  test('S56: afterwards the account is the app’s own: nothing that is compared touches it', PATIENT, async () => {
    const account = await accountOf(at, 'gil');
    await done(at.gangway.sandbox('PATCH', `/users/${account?.id}`, { title: 'By hand' }));
    await reconcileNow(at.gangway);
    expect(await accountOf(at, 'gil')).toMatchObject({ title: 'By hand', status: 'active' });
  });
});
