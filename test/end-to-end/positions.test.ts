import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/report/runs.ts';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { csv, employee, push } from '../support/rosters.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway({});
});
afterAll(() => gangway?.stop());

const COLUMNS = ['employeeNumber', 'email', 'givenName', 'familyName', 'position'] as const;
const xml = (positions: readonly string[]) => `<?xml version="1.0"?><positions>${positions.join('')}</positions>`;
const position = (id: string, title: string, parent = '', orgUnit = '') =>
  `<position><id>${id}</id><title>${title}</title><parent>${parent}</parent><orgUnit>${orgUnit}</orgUnit></position>`;

async function send(file: string, query = ''): Promise<{ status: number; run?: Run; detail?: string }> {
  const { running, connection } = gangway;
  const answer = await fetch(`${running.origin}/api/v1/connections/${connection.id}/positions${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.adminKey}`, 'content-type': 'application/xml' },
    body: file,
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}

const people = async () => {
  const { rows } = await gangway.db.raw<{
    rows: { key: string; title: string | null; manager: string | null; groups: string[] }[];
  }>(
    `select p.external_id as key, p.document->>'title' as title,
            p.document->'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'->'manager'->>'value' as manager,
            array(select g.display_name from memberships m join groups g on g.id = m.group_id where m.member_id = p.id order by 1) as groups
       from people p where p.deleted_at is null order by p.external_id`,
  );
  return rows;
};
const staff = [employee(1, { position: 'P-1' }), employee(2, { position: 'p-2' }), employee(3, { position: 'P-2' })];

describe('S42: a file of positions', { shuffle: false }, () => {
  test('gives employees their titles, their unit as a group, and as manager whoever holds the position above', async () => {
    const file = xml([position('P-1', 'Head of Sales', '', 'Sales'), position('P-2', 'Seller', 'P-1', 'Sales')]);
    expect(await send(file)).toMatchObject({
      status: 200,
      run: { kind: 'positions', counts: { rows: 2, rejected: 0 } },
    });
    await push(gangway, csv(staff, COLUMNS));
    expect(await people()).toEqual([
      { key: '1', title: 'Head of Sales', manager: null, groups: ['Sales'] },
      { key: '2', title: 'Seller', manager: '1', groups: ['Sales'] },
      { key: '3', title: 'Seller', manager: '1', groups: ['Sales'] },
    ]);
  });

  test('changes the people of a position with the next roster, though their rows are as they were', async () => {
    await send(xml([position('P-1', 'Head of Sales', '', 'Sales'), position('P-2', 'Key account', 'P-1', 'Accounts')]));
    const run = await push(gangway, `${csv(staff, COLUMNS)}\n`);
    expect(run.counts).toMatchObject({ changed: 2, unchanged: 1 });
    expect((await people())[1]).toEqual({ key: '2', title: 'Key account', manager: '1', groups: ['Accounts'] });
  });

  test('moves a team to whoever takes the position above it, though no row of the team changes', async () => {
    const [, second, third] = staff;
    const next = [employee(9, { position: 'P-1' }), second, third].filter((one) => one !== undefined);
    const run = await push(gangway, csv(next, COLUMNS));
    expect(run.counts).toMatchObject({ new: 1, changed: 2, missing: 1 });
    expect((await people()).slice(1, 3).map(({ manager }) => manager)).toEqual(['9', '9']);
  });

  test('that does not have a position makes the row of whoever names it an error', async () => {
    const run = await push(gangway, csv([employee(9, { position: 'P-7' }), ...staff.slice(1)], COLUMNS));
    expect(run.counts).toMatchObject({ rejected: 1, missing: 0 });
  });

  test('that is empty, far too short, or has one id twice is not believed', async () => {
    const many = Array.from({ length: 40 }, (_, n) => position(`M-${n}`, 'Many'));
    expect((await send(xml(many))).status).toBe(200);
    expect(await send(xml([]))).toMatchObject({ status: 422 });
    expect((await send(xml(many.slice(0, 4)))).detail).toContain('fewer than 80 %');
    expect((await send(xml(many.slice(0, 4)), '?force=true')).status).toBe(200);
    const twice = await send(xml([position('A', 'One'), position('a', 'Two'), position('B', 'Three')]));
    expect(twice.run?.counts).toMatchObject({ rows: 1, rejected: 2 });
  });
});
