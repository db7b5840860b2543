import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { findLink } from '../deliver/links.ts';
import { readPerson } from '../directory/person.ts';
import type { Connection } from '../model/connection.ts';
import type { Link } from '../model/link.ts';
import { type Offer, offerOf } from '../model/offer.ts';
import type { Person } from '../model/person.ts';
import type { InviteFacts } from '../plan/invite-step.ts';
import type { InviteKey } from './invites.ts';

/** Who invites to what. */
export type Hosts = { readonly company: string; readonly app: string; readonly offer: Offer };

const selectHosts = statement<{ company: string; app: string; settings: Record<string, unknown> }>(
  'invites_hosts',
  `select n.name as company, t.name as app, t.settings from targets t join tenants n on n.tenant_id = t.tenant_id
    where t.tenant_id = :tenantId and t.id = :targetId`,
);

/** The company and the app as people know them; null for an app that is gone. */
export async function readHosts(db: Knex, key: Pick<InviteKey, 'tenantId' | 'targetId'>): Promise<Hosts | null> {
  const [row] = await selectHosts(db, key);
  return row ? { company: row.company, app: row.app, offer: offerOf(row.settings) } : null;
}

/** All that an invite depends on. */
export type About = {
  readonly person: Person;
  readonly connection: Connection;
  readonly link: Link | null;
  readonly facts: InviteFacts;
};

/** Reads what is known of a person at a target; null when there never was such a person. */
export async function readAbout(db: Knex, key: InviteKey): Promise<About | null> {
  const source = await readPerson(db, key);
  if (!source) return null;
  const { person, connection, attached } = source;
  const link = await findLink(db, key);
  const facts = {
    wanted: person.status === 'active' && attached && connection.state !== 'disconnected',
    quiet: connection.state !== 'enabled',
    link,
    cause: link?.applied.invite ?? null,
  };
  return { person, connection, link, facts };
}
