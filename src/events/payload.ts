import type { EventKind, GangwayEvent } from '../model/event.ts';
import { feedType, setType } from './types.ts';

/** An event as the feed shows it: ids and names, whoever wants values asks for them with rights of their own. */
export function shownEvent(event: GangwayEvent) {
  const { id, at, kind, sourceId, personId, connectionId, targetId, detail } = event;
  const [about] = kind.split('.');
  return {
    id,
    at,
    type: feedType(kind),
    ...(personId && { person: personId }),
    ...(connectionId && { connection: connectionId }),
    ...(targetId && { target: targetId }),
    ...(about === 'account' && { action: sourceId, account: detail.account ?? null }),
    ...(about === 'hold' && { hold: sourceId }),
    ...(about === 'run' && { run: sourceId, kind: detail.run, state: detail.state }),
    ...(detail.attributes && { attributes: detail.attributes }),
  };
}

/** An event as Standard Webhooks wants it. */
export function webhookBody(event: GangwayEvent): string {
  const { type, at, ...data } = shownEvent(event);
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}

const NOTICES: ReadonlySet<EventKind> = new Set(['person.create', 'person.patch', 'person.put']);

type Claims = { readonly [name: string]: unknown };

/**
 * The claims of a Security Event Token (RFC 8417), but for who signs it for whom. A change that also activates or
 * deactivates is two events of one token: they are one change of one subject.
 */
export function setClaims(event: GangwayEvent, tenantId: string): Claims {
  const { id, at, kind, written, sourceId, detail } = event;
  const toe = Math.floor(at.getTime() / 1000);
  if (kind === 'account.suspend') {
    const payload = { event_timestamp: toe, initiating_entity: 'policy' };
    return { jti: id, toe, txn: sourceId, sub_id: accountOf(event, tenantId), events: { [typeOf(kind)]: payload } };
  }
  const events: Record<string, object> = { [typeOf(kind)]: {} };
  if (NOTICES.has(written)) events[typeOf(written)] = { attributes: detail.attributes ?? [] };
  return { jti: id, toe, sub_id: { format: 'scim', uri: `/Users/${event.personId}` }, events };
}

/** Whose sessions end: the account by the id that its app knows it by (Shared Signals 1.0 §3.2). */
function accountOf({ detail, targetId }: GangwayEvent, tenantId: string) {
  const opaque = (id: string | null | undefined) => ({ format: 'opaque', id: id ?? '' });
  return { format: 'complex', user: opaque(detail.account), application: opaque(targetId), tenant: opaque(tenantId) };
}

function typeOf(kind: EventKind): string {
  const type = setType(kind);
  if (type === undefined) throw new Error(`no Security Event Token carries ${kind}`);
  return type;
}
