import type { Run } from '../../src/report/runs.ts';
import { eventually, type Gangway, settled } from './gangway.ts';

export type Uploaded = { status: number; body: { run?: Run; note?: string; detail?: string; code?: string } };
type More = { query?: string; type?: string; headers?: Record<string, string> };

/** Sends a file to the running server as a script would. */
export async function upload(gangway: Gangway, file: string | Buffer, more: More = {}): Promise<Uploaded> {
  const { query = '', type = 'text/csv', headers = {} } = more;
  const { running, connection } = gangway;
  const response = await fetch(`${running.origin}/api/v1/connections/${connection.id}/rosters${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.adminKey}`, 'content-type': type, ...headers },
    body: typeof file === 'string' ? file : new Uint8Array(file),
  });
  return { status: response.status, body: (await response.json()) as Uploaded['body'] };
}

/** Waits until a run has ended or is held, and its people are dealt with. */
export async function ended({ db, admin }: Gangway, runId: string): Promise<Run> {
  const run = await eventually('the roster has been worked on', async () => {
    const { body } = await admin('GET', `/runs/${runId}`);
    return body['finishedAt'] ? (body as unknown as Run) : null;
  });
  await settled(db);
  return run;
}

/** Sends a file and waits for all that comes of it. */
export async function push(gangway: Gangway, file: string | Buffer, more: More = {}): Promise<Run> {
  const { status, body } = await upload(gangway, file, more);
  if (!body.run) throw new Error(`not taken: ${status} ${JSON.stringify(body)}`);
  return ended(gangway, body.run.id);
}

export type Employee = { employeeNumber: string } & Partial<
  Record<'email' | 'givenName' | 'familyName' | 'department' | 'manager' | 'groups' | 'active' | 'position', string>
>;
const COLUMNS = [
  'employeeNumber',
  'email',
  'givenName',
  'familyName',
  'department',
  'manager',
  'groups',
  'active',
] as const;

/** An employee with a number, and all that a row must have. */
export function employee(number: number, more: Partial<Employee> = {}): Employee {
  return {
    employeeNumber: String(number),
    email: `e${number}@example.com`,
    givenName: `Given${number}`,
    familyName: 'Tester',
    ...more,
  };
}

/** So many employees, numbered from 1 on. */
export function employees(count: number): Employee[] {
  return Array.from({ length: count }, (_, index) => employee(index + 1));
}

/** A CSV in our own format. */
export function csv(people: readonly Employee[], columns: readonly (keyof Employee)[] = COLUMNS): string {
  const lines = people.map((person) => columns.map((column) => person[column] ?? '').join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}
