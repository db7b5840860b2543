import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { uuidv7 } from '../src/database/uuid.ts';
import { FLOOR } from './floor-sql.ts';

/**
 * The least that a durable SCIM server can do, as the measure for the real one: node:http and pg, one prepared statement
 * a request, resources kept and sent back as text, no schema, no tokens, no tenants. Nothing here is fit for use.
 */
type Row = { id: string; version: number; doc: string; created: string; modified: string; total: number };
type Answer = { status: number; text?: string };
type Operation = { op: string; path?: string; value?: unknown; data?: Record<string, unknown>; bulkId?: string };
type Body = Record<string, unknown> & {
  userName: string;
  externalId: string | null;
  displayName: string;
  members?: { value: string }[];
  Operations: Operation[];
};

const POOL = 24;
const FILTER = /^(userName|externalId|displayName) eq "([^"]*)"$/;
const LIST = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: POOL });
const now = () => new Date().toISOString();

async function run(name: keyof typeof FLOOR, values: unknown[]): Promise<Row[]> {
  return (await pool.query<Row>({ name, text: FLOOR[name], values })).rows;
}

function userText({ id, version, doc, created, modified }: Row): string {
  return `{"id":"${id}",${doc.slice(1, -1)},${meta('User', id, version, created, modified)}}`;
}

function meta(name: string, id: string, version: number, created: string, modified: string): string {
  const times = `"created":"${created}","lastModified":"${modified}"`;
  return `"meta":{"resourceType":"${name}",${times},"location":"${base}/${name}s/${id}","version":"W/\\"${version}\\""}`;
}

function groupText({ id, version, doc, created, modified }: Row, members: string | null): string {
  const shown = members ? `,"members":[${members}]` : '';
  return `{"id":"${id}",${doc.slice(1, -1)}${shown},${meta('Group', id, version, created, modified)}}`;
}

function listText(texts: string[], total: number, startIndex: number): string {
  return `${LIST}${total},"startIndex":${startIndex},"itemsPerPage":${texts.length},"Resources":[${texts.join(',')}]}`;
}

function one(rows: Row[], text: (row: Row) => string): Answer {
  return rows[0] ? { status: 200, text: text(rows[0]) } : { status: 404 };
}

async function search(query: URLSearchParams, isGroup: boolean): Promise<Answer> {
  const [, attribute, value = ''] = FILTER.exec(query.get('filter') ?? '') ?? [];
  if (isGroup) {
    const rows = await run('groupByName', [value.toLowerCase()]);
    const texts = rows.map((row) => groupText(row, null));
    return { status: 200, text: listText(texts, rows.length, 1) };
  }
  if (attribute) {
    const byName = attribute === 'userName';
    const rows = await run(byName ? 'userByName' : 'userByExternal', [byName ? value.toLowerCase() : value]);
    return { status: 200, text: listText(rows.map(userText), rows.length, 1) };
  }
  const startIndex = Number(query.get('startIndex') ?? 1);
  const rows = await run('page', [startIndex, startIndex + Number(query.get('count') ?? 100)]);
  return { status: 200, text: listText(rows.map(userText), rows[0]?.total ?? 0, startIndex) };
}

async function createUser(text: string): Promise<Answer> {
  const { userName, externalId } = JSON.parse(text) as Body;
  const row = { id: uuidv7(), version: 1, doc: text, created: now(), modified: '', total: 0 };
  row.modified = row.created;
  await run('createUser', [row.id, userName.toLowerCase(), externalId, text, row.created]);
  return { status: 201, text: userText(row) };
}

async function replaceUser(id: string, text: string): Promise<Answer> {
  const { id: _, ...user } = JSON.parse(text) as Body;
  const doc = JSON.stringify(user);
  return one(await run('replaceUser', [id, user.userName.toLowerCase(), user.externalId, doc, now()]), (row) =>
    userText({ ...row, doc }),
  );
}

async function patchUser(id: string, text: string): Promise<Answer> {
  const [operation] = (JSON.parse(text) as Body).Operations;
  const change = operation?.path ? { [operation.path]: operation.value } : operation?.value;
  const rows = await run('patchUser', [id, JSON.stringify(change), now()]);
  return { status: rows.length ? 204 : 404 };
}

async function createGroup(text: string): Promise<Answer> {
  const { members = [], ...group } = JSON.parse(text) as Body;
  const doc = JSON.stringify(group);
  const row = { id: uuidv7(), version: 1, doc, created: now(), modified: now(), total: 0 };
  const memberIds = members.map(({ value }) => value);
  await run('createGroup', [row.id, group.displayName.toLowerCase(), doc, row.created, memberIds]);
  return { status: 201, text: groupText(row, null) };
}

async function patchGroup(id: string, text: string): Promise<Answer> {
  const [operation] = (JSON.parse(text) as Body).Operations;
  const inPath = /"(.*)"/.exec(operation?.path ?? '')?.[1];
  const ids = inPath ? [inPath] : ((operation?.value ?? []) as { value: string }[]).map(({ value }) => value);
  const [row] = await run(operation?.op === 'add' ? 'addMembers' : 'removeMembers', [id, ids, now()]);
  return { status: row?.total ? 204 : 404 };
}

async function bulk(text: string): Promise<Answer> {
  const operations = (JSON.parse(text) as Body).Operations;
  const ids = operations.map(() => uuidv7());
  const users = operations.map(({ data }) => data as Body);
  const names = users.map(({ userName }) => userName.toLowerCase());
  const docs = users.map((user) => JSON.stringify(user));
  await run('createUsers', [ids, names, users.map(({ externalId }) => externalId), docs, now()]);
  const done = operations.map(
    ({ bulkId }, n) =>
      `{"method":"POST","bulkId":"${bulkId}","location":"${base}/Users/${ids[n]}","version":"W/\\"1\\"","status":"201"}`,
  );
  const head = '"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]';
  return { status: 200, text: `{${head},"Operations":[${done.join(',')}]}` };
}

async function answer(method: string, url: string, body: string): Promise<Answer> {
  const [path = '', query] = url.split('?');
  const [, , , kind, id] = path.split('/');
  const isGroup = kind === 'Groups';
  if (kind === 'Bulk') return bulk(body);
  if (kind === 'ServiceProviderConfig') return { status: 200, text: '{"bulk":{"supported":true}}' };
  if (method === 'POST') return isGroup ? createGroup(body) : createUser(body);
  if (!id) return search(new URLSearchParams(query), isGroup);
  if (method === 'PATCH') return isGroup ? patchGroup(id, body) : patchUser(id, body);
  if (method === 'PUT') return replaceUser(id, body);
  return isGroup
    ? one(await run('group', [id]), (row) => groupText(row, (row as Row & { members: string | null }).members))
    : one(await run('user', [id]), userText);
}

function handle(req: IncomingMessage, res: ServerResponse): void {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', async () => {
    const done = await answer(req.method ?? '', req.url ?? '', Buffer.concat(chunks).toString()).catch(refusal);
    const { status, text = '' } = done;
    if (status === 204) res.writeHead(204).end();
    else
      res
        .writeHead(status, { 'Content-Type': 'application/scim+json', 'Content-Length': Buffer.byteLength(text) })
        .end(text);
  });
}

function refusal(error: { code?: string; message: string }): Answer {
  return { status: error.code === '23505' ? 409 : 500, text: JSON.stringify({ detail: error.message }) };
}

const server = createServer(handle);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`;
process.stdout.write(`${JSON.stringify({ scim: base, pid: process.pid })}\n`);
process.once('SIGTERM', () => process.exit(0));
