import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';
import { readConnection } from '../directory/connections.ts';
import type { Invite } from '../model/invite.ts';
import type { Resource } from '../model/person.ts';
import { expiryOf } from '../plan/invite-step.ts';
import { record } from '../report/audit.ts';
import { markOther } from '../work/mark.ts';
import { type Hosts, readHosts } from './about.ts';
import { codeHash, codeOf } from './code.ts';
import { INVITE_COLUMNS } from './invites.ts';
import { renderHtml } from './render.ts';
import { linkOf, nameOf, type Sending } from './send.ts';
import { dayIn, say } from './words.ts';

/** Sheets of one run; more of them wait for the next. */
const MOST_SHEETS = 500;

export type PrintRun = {
  readonly connectionId: string;
  /** Only people who work there. */
  readonly location: string | null;
  /** Also those that were printed before: their former sheets are worth nothing then. */
  readonly again: boolean;
};
export type Printed = { batch: string; sheets: number; html: string };

type Row = Invite & { resource: Resource };

const selectForPrint = statement<Row>(
  'invites_print',
  `select ${INVITE_COLUMNS}, p.document as resource
     from invites i join people p on p.tenant_id = i.tenant_id and p.id = i.person_id
    where i.tenant_id = :tenantId and i.connection_id = :connectionId and i.channel = 'print' and p.active
      and p.deleted_at is null and (i.state = 'queued' or (:again and i.state in ('sent', 'delivered')))
      and (:location::text is null or lower(i.location) = lower(:location))
    order by i.location, i.id limit ${MOST_SHEETS} for update of i`,
);

const savePrinted = statement<never>(
  'invites_printed',
  `update invites i set state = 'sent', edition = i.edition + 1, sends = i.sends + 1, code_hash = n.hash, batch = :batch,
          sent_at = :at, expires_at = :expiresAt, next_at = null, last_answer = 'printed'
     from unnest(:ids::uuid[], :hashes::bytea[]) as n (id, hash)
    where i.tenant_id = :tenantId and i.id = n.id`,
);

/**
 * Prints what waits to be printed. The codes are in this answer alone; a second run of the same people makes new ones and
 * ends these. Throws `not_found` for an unknown connection.
 */
export async function printInvites(
  { db, derive, publicUrl }: Pick<Sending, 'db' | 'derive' | 'publicUrl'>,
  tenantId: string,
  run: PrintRun,
): Promise<Printed> {
  return inTransaction(db, async (trx) => {
    const connection = await readConnection(trx, tenantId, run.connectionId);
    const rows = connection.state === 'enabled' ? await selectForPrint(trx, { tenantId, ...run }) : [];
    const at = new Date();
    const expiresAt = expiryOf(at, connection.policy.inviteReminders);
    const batch = uuidv7();
    const codes = rows.map((row) => codeOf(derive, { ...row, edition: row.edition + 1 }));
    const ids = rows.map(({ id }) => id);
    await savePrinted(trx, { tenantId, ids, hashes: codes.map(codeHash), batch, at, expiresAt });
    for (const { targetId, personId } of rows) {
      await markOther(trx, { tenantId, targetId, kind: 'invite', subjectId: personId });
    }
    const detail = { batch, location: run.location, again: run.again, sheets: rows.length, invites: ids };
    await record(trx, { tenantId, action: 'invite.print', subject: connection.id, detail });
    const hosts = await hostsOf(trx, rows);
    const links = codes.map((code) => linkOf(publicUrl(), code));
    return { batch, sheets: rows.length, html: await pages(rows, hosts, links, expiresAt) };
  });
}

async function hostsOf(db: Knex, rows: readonly Row[]): Promise<ReadonlyMap<string, Hosts>> {
  const hosts = new Map<string, Hosts>();
  for (const row of rows) {
    if (hosts.has(row.targetId)) continue;
    const found = await readHosts(db, row);
    if (found) hosts.set(row.targetId, found);
  }
  return hosts;
}

async function pages(
  rows: readonly Row[],
  hosts: ReadonlyMap<string, Hosts>,
  links: readonly string[],
  expiresAt: Date,
): Promise<string> {
  const { default: qrcode } = await import('qrcode'); // only here: few servers ever print
  const sheets = await Promise.all(
    rows.map(async (row, index) => {
      const { language, location, targetId } = row;
      const fill = hosts.get(targetId) ?? { company: '', app: '' };
      const link = links[index] ?? '';
      return {
        language,
        location,
        link,
        name: nameOf(row.resource) ?? String(row.resource['userName'] ?? ''),
        invites: say(language, 'invites', fill),
        scan: say(language, 'scan'),
        qr: await qrcode.toString(link, { type: 'svg', margin: 2 }),
        qrLabel: say(language, 'pageTitle', fill),
        codeLabel: say(language, 'code'),
        code: link.slice(link.lastIndexOf('/') + 1),
        valid: say(language, 'valid', { day: dayIn(language, expiresAt) }),
      };
    }),
  );
  return renderHtml('sheets', { language: sheets[0]?.language ?? 'en', title: 'Gangway', sheets });
}
