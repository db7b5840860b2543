import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, type Gangway, settled, startGangway } from '../support/gangway.ts';
import { decoded, type MailServer, type Received, startMailServer } from '../support/mail-server.ts';
import { csv, employee, employees, push, upload } from '../support/rosters.ts';
import { minutesPass, noticesOf, putList } from './list.ts';

let mail: MailServer;
let gangway: Gangway;
beforeAll(async () => {
  mail = await startMailServer();
  gangway = await startGangway({
    environment: {
      GANGWAY_SMTP_URL: mail.url,
      GANGWAY_MAIL_FROM: 'Gangway <gangway@acme.example>',
      PUBLIC_URL: 'https://gangway.example.com',
    },
  });
});
afterAll(async () => {
  await gangway?.stop();
  await mail?.stop();
});

const mailsTo = (name: string) => mail.mails.filter(({ to }) => to.includes(`${name}@acme.example`));
const arrived = (name: string, count: number) =>
  eventually(`mail ${count} to ${name}`, async () => {
    const mails = mailsTo(name);
    return mails.length >= count && mails;
  });
const subjectOf = ({ raw }: Received) => {
  const folded = /^Subject: ((?:.|\r\n[ \t])*)\r$/m.exec(raw)?.[1] ?? '';
  return folded
    .replace(/\?=\r\n =\?/g, '?= =?')
    .replace(/\r\n/g, '')
    .replace(/=\?UTF-8\?Q\?(.*?)\?= ?/gi, (_, text: string) =>
      decodeURIComponent(text.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/g, '%$1')),
    );
};

describe('S39: what becomes of a roster is mailed', { shuffle: false }, () => {
  test('to whom the connection’s and the tenant’s list name, each once', async () => {
    await putList(gangway, {
      recipients: [
        { address: 'Ada@acme.example', kinds: ['roster_accepted', 'roster_partly', 'roster_held', 'roster_refused'] },
        { address: 'boss@acme.example' },
      ],
    });
    await putList(
      gangway,
      {
        recipients: [
          { address: 'ada@ACME.example', language: 'de', kinds: ['roster_accepted', 'roster_held'] },
          {
            address: 'jürgen@acme.example'.replace('ü', 'ue'),
            language: 'de',
            kinds: ['roster_partly', 'roster_held'],
          },
        ],
        timeZone: 'Europe/Berlin',
      },
      'tenant',
    );
    const run = await push(gangway, csv(employees(30)));
    const [one] = await arrived('Ada', 1);
    await settled(gangway.db);
    expect(mail.mails).toHaveLength(1); // boss gets what needs a human, and nobody gets it twice
    if (!one) throw new Error('no mail');
    expect(subjectOf(one)).toBe('Roster accepted: 30 rows (idp)');
    expect(one.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    const text = decoded(one);
    expect(text).toContain('Rows taken: 30. New: 30, changed: 0, back: 0, missing: 0.');
    expect(text).toContain(`gangway run show ${run.id}`);
    expect(text).toContain('docs/rosters.md#what-a-roster-changes');
    expect(text).toContain('https://gangway.example.com');
    expect(text).toContain('Unsubscribe: whoever operates Gangway at test changes the list');
  });

  test('S38: rows that were not taken: how many, why most of them, and how to get the error file; in German too', async () => {
    const bad = [employee(29, { email: 'nowhere' }), employee(30, { email: 'nobody' })];
    const run = await push(gangway, csv([...employees(28), ...bad, employee(31, { email: '' })]));
    const [english] = await arrived('boss', 1);
    const [german] = await arrived('juergen', 1);
    if (!english || !german) throw new Error('no mail');
    expect(subjectOf(english)).toBe('Roster taken in part: 3 of 31 rows were not (idp)');
    expect(decoded(english)).toContain('2 × This is not an e-mail address.');
    expect(decoded(english)).toContain('1 × There is no e-mail address.');
    expect(decoded(english)).toContain(`gangway roster errors ${run.id} --out errors.csv`);
    expect(subjectOf(german)).toBe('Personalliste teilweise übernommen: 3 von 31 Zeilen nicht (idp)');
    expect(decoded(german)).toContain('2 × Das ist keine E-Mail-Adresse.');
    expect(decoded(german)).toContain('Was zu tun ist: Die Fehlerdatei holen');
    expect(decoded(german)).toMatch(/<html lang="de">/);
    expect(decoded(english)).not.toMatch(/nowhere|e29@/); // no data of people
  });

  test('a file that is held, and one that is refused', async () => {
    const run = await push(gangway, csv(employees(5)));
    expect(run.state).toBe('held');
    const held = (await arrived('boss', 2))[1];
    expect(held && subjectOf(held)).toBe('Roster held: somebody must decide (idp)');
    expect(held && decoded(held)).toContain(`gangway roster release ${run.id} --as YOUR-NAME`);
    expect(held && decoded(held)).toContain('the file has 5 rows, the last one had 28');

    expect((await upload(gangway, 'a,b\n1,2\n')).status).toBe(422);
    const refused = (await arrived('boss', 3))[2];
    expect(refused && subjectOf(refused)).toBe('Roster refused (idp)');
    expect(refused && decoded(refused)).toContain('employeeNumber');
  });

  test('nobody is told of a dry run', async () => {
    const before = (await noticesOf(gangway)).length;
    await push(gangway, csv(employees(5)), { query: '?dryRun=true' });
    expect((await noticesOf(gangway)).length).toBe(before);
  });

  test('several within minutes are one mail, ten minutes after the one before', async () => {
    const before = mailsTo('boss').length;
    for (const text of ['c\n1\n', 'd\n1\n', 'e\n1\n']) await upload(gangway, text);
    await eventually('they are kept', async () => (await noticesOf(gangway, '&kind=roster_refused')).length === 4);
    await settled(gangway.db);
    expect(mailsTo('boss')).toHaveLength(before);
    await minutesPass(gangway, 10);
    const folded = (await arrived('boss', before + 1))[before];
    await settled(gangway.db);
    expect(mailsTo('boss')).toHaveLength(before + 1);
    expect(folded && subjectOf(folded)).toBe('3 notices: Roster refused (idp)');
    expect(folded && decoded(folded).match(/Nothing of the file was taken/g)).toHaveLength(6); // text and HTML
  });

  test('a run whose process died is told as failed', async () => {
    await gangway.db.raw(
      `with run as (insert into runs (tenant_id, id, connection_id, kind, state, asked_by, lease, started_at)
         values (:tenant, gen_random_uuid(), :connection, 'roster', 'reading', 'operator', gen_random_uuid(), now()) returning *)
       insert into rosters (tenant_id, run_id, connection_id, profile, dry_run, alive_at)
       select tenant_id, id, connection_id, '{}', false, now() - interval '1 hour' from run`,
      { tenant: gangway.connection.tenantId, connection: gangway.connection.id },
    );
    const [notice] = await eventually('it is told', async () => {
      const found = await noticesOf(gangway, '&kind=roster_failed');
      return found.length > 0 && found;
    });
    expect(notice).toMatchObject({ detail: { reason: expect.stringContaining('cut off') } });
  });
});
