import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../src/admin/openapi/document.ts';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { csv, employee, employees, ended, push, type Uploaded } from '../support/rosters.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway();
});
afterAll(() => gangway?.stop());

/** Sends a form as a browser or `curl -F` does. */
async function sendForm(form: FormData, path = 'rosters', query = ''): Promise<Uploaded> {
  const { running, connection } = gangway;
  const response = await fetch(`${running.origin}/api/v1/connections/${connection.id}/${path}${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.adminKey}` },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as Uploaded['body'] };
}

function formOf(...parts: [name: string, value: string | Uint8Array<ArrayBuffer>, fileName?: string][]): FormData {
  const form = new FormData();
  for (const [name, value, fileName] of parts) {
    if (fileName === undefined) form.append(name, String(value));
    else form.append(name, new Blob([value]), fileName);
  }
  return form;
}

async function raw(body: string, type = 'multipart/form-data; boundary=x'): Promise<Uploaded> {
  const { running, connection } = gangway;
  const response = await fetch(`${running.origin}/api/v1/connections/${connection.id}/rosters`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.adminKey}`, 'content-type': type },
    body,
  });
  return { status: response.status, body: (await response.json()) as Uploaded['body'] };
}

describe('a roster as the file of a form', { shuffle: false }, () => {
  test('is taken like a body, under the name that the browser gives it (S27, S44)', async () => {
    const { status, body } = await sendForm(formOf(['file', csv(employees(3)), 'März, „Müller“.csv']));
    expect(status).toBe(202);
    const run = await ended(gangway, body.run?.id ?? '');
    expect(run).toMatchObject({ state: 'done', counts: { new: 3 } });
    expect(run.roster).toMatchObject({ fileName: 'März, „Müller“.csv', dryRun: false, format: 'csv', ignored: [] });
  });

  test('may be packed, tried out, and be larger than what is read at once', async () => {
    const file = new Uint8Array(gzipSync(csv(employees(4_000))));
    const { status, body } = await sendForm(formOf(['file', file, 'all.csv.gz']), 'rosters', '?dryRun=true');
    expect(status).toBe(202);
    const run = await ended(gangway, body.run?.id ?? '');
    expect(run).toMatchObject({ counts: { rows: 4_000, new: 3_997 }, roster: { dryRun: true } });
  });

  test('and so are positions (S42)', async () => {
    const { status, body } = await sendForm(formOf(['file', 'id,title\np1,Head\n', 'positions.csv']), 'positions');
    expect([status, body.run?.counts, body.run?.roster?.fileName]).toMatchObject([200, { rows: 1 }, 'positions.csv']);
  });

  test('the query may name another encoding for this file', async () => {
    const file = new Uint8Array(Buffer.from(csv([employee(1, { familyName: 'Größ' })]), 'latin1'));
    const query = '?dryRun=true&encoding=windows-1252';
    const named = await sendForm(formOf(['file', file, 'a.csv']), 'rosters', query);
    expect(named).toMatchObject({ status: 202, body: { run: { roster: { encoding: 'windows-1252' } } } });
    await ended(gangway, named.body.run?.id ?? '');
    expect(await sendForm(formOf(['file', file, 'a.csv']), 'rosters', '?dryRun=true')).toMatchObject({ status: 422 });
    const unknown = await sendForm(formOf(['file', file, 'a.csv']), 'rosters', '?encoding=klingon');
    expect(unknown).toMatchObject({ status: 422, body: { detail: 'the request is not valid' } });
  });
});

const PART = 'content-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';

test.for([
  { name: 'without a file', send: () => sendForm(formOf(['note', 'hello'])), says: 'other parts' },
  {
    name: 'whose file has another name',
    send: () => sendForm(formOf(['upload', csv(employees(3)), 'a.csv'])),
    says: 'other parts',
  },
  {
    name: 'with two files',
    send: () => sendForm(formOf(['file', csv(employees(3)), 'a.csv'], ['file', csv(employees(2)), 'b.csv'])),
    says: 'several files',
  },
  {
    name: 'with something behind its file',
    send: () => sendForm(formOf(['file', csv(employees(3)), 'a.csv'], ['dryRun', 'true'])),
    says: 'other parts',
  },
  { name: 'that is cut off', send: () => raw(`--x\r\n${PART}${csv(employees(3))}`), says: 'cut off' },
  { name: 'that is empty', send: () => raw('--x--\r\n'), says: 'no file' },
  { name: 'without a boundary', send: () => raw('hello', 'multipart/form-data'), says: 'boundary' },
])('a form $name is refused, and nothing of it counts', async ({ send, says }) => {
  const before = await gangway.admin('GET', '/people?count=true');
  const { status, body } = await send();
  expect([status, body.code, body.detail]).toEqual([422, 'roster_unreadable', expect.stringContaining(says)]);
  expect((await gangway.admin('GET', '/people?count=true')).body['count']).toEqual(before.body['count']);
  const next = await sendForm(formOf(['file', csv(employees(3)), 'ok.csv']));
  expect(next.status).toBeLessThan(300); // the way is free
  await ended(gangway, next.body.run?.id ?? '');
});

describe('the runs of rosters', { shuffle: false }, () => {
  test('rows that were not taken come by the page, with words for both languages (S38)', async () => {
    const bad = [1, 2, 3].map((number) => employee(100 + number, { email: `bad ${number}` }));
    const run = await push(gangway, csv([...employees(3), ...bad]));
    const first = await gangway.admin('GET', `/runs/${run.id}/rejects?limit=2`);
    expect(first.body).toMatchObject({
      rows: [
        {
          row: 5,
          columns: expect.arrayContaining([{ column: 'email', value: 'bad 1' }]),
          rejects: [{ code: 'invalid_email', found: 'bad 1', mend: { de: expect.stringContaining('Adresse') } }],
        },
        { row: 6 },
      ],
      next: 6,
    });
    const second = await gangway.admin('GET', `/runs/${run.id}/rejects?limit=2&after=6`);
    expect(second.body).toMatchObject({ rows: [{ row: 7 }], next: null });
  });

  test('are listed by kind', async () => {
    const { body } = await gangway.admin('GET', '/runs?kind=positions');
    expect((body['runs'] as { kind: string }[]).map(({ kind }) => kind)).toEqual(['positions']);
    expect((await gangway.admin('GET', '/runs?kind=else')).status).toBe(422);
  });
});

test('all uploads are described as files and as forms', () => {
  const uploads = ROUTES.filter(({ upload }) => upload !== undefined).map(({ path }) => path.split('/').at(-1));
  expect(uploads).toEqual(['rosters', 'positions', 'propose']);
});
